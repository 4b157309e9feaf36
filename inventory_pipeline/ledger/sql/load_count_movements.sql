-- grain: one physical count known by the hour and not older than $since; of a system and a
-- key the last row is the count that stands: its own sequence says so, and time where it has none
-- param: hour_at, since, timestamptz
select
    batches.system,
    movements.movement_id,
    movements.key_id,
    movements.units,
    movements.moved_at,
    movements.disposition,
    movements.destination_id,
    movements.actor,
    movements.sequence
from ingest.movements as movements
inner join ingest.batches as batches on movements.batch_id = batches.batch_id
where
    batches.hour_at <= $hour_at
    and movements.kind = 'count'
    and movements.moved_at > $since
qualify
    row_number() over (
        partition by batches.system, movements.movement_id
        order by batches.hour_at
    ) = 1
order by
    batches.system,
    movements.key_id,
    movements.sequence nulls first,
    movements.moved_at,
    movements.movement_id
