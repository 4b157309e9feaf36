-- grain: one minute in which several items of a mirror changed without a reference
-- param: hour_at, since, timestamptz
select
    batches.system as mirror,
    date_trunc('minute', changes.changed_at) as minute_at,
    count(distinct changes.key_id) as key_count
from ingest.level_changes as changes
inner join ingest.batches as batches on changes.batch_id = batches.batch_id
where
    batches.hour_at <= $hour_at
    and changes.changed_at > $since
    and changes.reference_id = ''
group by batches.system, minute_at
having key_count > 1
order by mirror, minute_at
