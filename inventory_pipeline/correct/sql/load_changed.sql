-- grain: one system: the last change of its configuration since a moment, as it was told
-- param: hour_at, since, timestamptz
select
    changes.system,
    max_by(changes.kind || ' ' || changes.subject, changes.changed_at) as change
from ingest.config_changes as changes
inner join ingest.batches as batches on changes.batch_id = batches.batch_id
where
    batches.hour_at <= $hour_at
    and changes.changed_at > $since
group by changes.system
order by changes.system
