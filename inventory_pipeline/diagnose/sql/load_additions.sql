-- grain: one mirror whose log tells of additions
-- param: hour_at, since, timestamptz
select
    batches.system as mirror,
    count(*) as addition_count
from ingest.level_changes as changes
inner join ingest.batches as batches on changes.batch_id = batches.batch_id
where
    batches.hour_at <= $hour_at
    and changes.changed_at > $since
    and changes.operation = 'add'
    and changes.units > 0
group by batches.system
order by mirror
