-- grain: one path and stretch of time in which its source told of what the path carries
-- reads: given_rows (path, target, system, kind, started_at, finished_at)
-- param: hour_at, low, high, timestamptz: all stretches are in [low, high)
with moved as (
    select
        batches.system,
        movements.kind,
        movements.movement_id,
        coalesce(movements.recorded_at, movements.moved_at) as in_force_at
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and movements.moved_at >= cast($low as timestamptz) - interval 2 day
        and movements.moved_at < $high
)

select
    wanted.path,
    wanted.system as source,
    wanted.target,
    wanted.started_at,
    count(distinct moved.movement_id) as movements
from given_rows as wanted
inner join moved
    on
        wanted.system = moved.system
        and wanted.kind = moved.kind
        and wanted.started_at <= moved.in_force_at
        and wanted.finished_at > moved.in_force_at
group by wanted.path, wanted.system, wanted.target, wanted.started_at
order by wanted.path, wanted.system, wanted.target, wanted.started_at
