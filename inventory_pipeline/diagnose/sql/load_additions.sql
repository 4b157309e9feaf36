-- grain: one mirror that keeps a log; how many additions it tells of, and its newest rows
-- A level that is set above the one before it is an addition as well.
-- param: hour_at, since, timestamptz
with told as (
    select
        batches.system,
        changes.changed_at,
        changes.reference_id,
        case
            when changes.operation = 'add' then changes.units
            else changes.units - lag(changes.units) over (
                partition by batches.system, changes.fact, changes.key_id
                order by changes.changed_at, changes.sequence, changes.change_id
            )
        end as change_units
    from ingest.level_changes as changes
    inner join ingest.batches as batches on changes.batch_id = batches.batch_id
    where batches.hour_at <= $hour_at and changes.changed_at > $since
)

select
    system as mirror,
    count(*) filter (where change_units > 0) as addition_count,
    max(changed_at) filter (where change_units > 0) as addition_heard_at,
    max(changed_at) as heard_until,
    count(*) filter (where reference_id <> '') as named_count
from told
group by system
order by mirror
