-- grain: one configuration change known by the hour
-- param: hour_at, since, timestamptz
select distinct
    changes.changed_at,
    changes.system,
    changes.kind,
    changes.subject,
    changes.before,
    changes.after,
    changes.actor
from ingest.config_changes as changes
inner join ingest.batches as batches on changes.batch_id = batches.batch_id
where batches.hour_at <= $hour_at and changes.changed_at > $since
order by changes.changed_at, changes.system, changes.kind, changes.subject
