-- grain: one mirror that keeps a log; how many additions it tells of, and its newest row
-- param: hour_at, since, timestamptz
select
    batches.system as mirror,
    count(*) filter (where changes.operation = 'add' and changes.units > 0) as addition_count,
    max(changes.changed_at) as heard_until
from ingest.level_changes as changes
inner join ingest.batches as batches on changes.batch_id = batches.batch_id
where batches.hour_at <= $hour_at and changes.changed_at > $since
group by batches.system
order by mirror
