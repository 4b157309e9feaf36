-- grain: one movement that changes what is here or promised, as known by the hour, told once
-- order_id ties an order to its shipment: the order's own id, found by reference or cause.
-- A movement made and not yet recorded may stand in a number all the same: it is here too.
-- param: hour_at, low, high, timestamptz (in force after low; made or in force by high)
with told as (
    select
        batches.system,
        movements.movement_id,
        movements.kind,
        movements.key_id,
        movements.units,
        movements.moved_at,
        coalesce(movements.recorded_at, movements.moved_at) as in_force_at,
        movements.reference_id,
        movements.cause_id,
        movements.disposition,
        row_number() over (
            partition by batches.system, movements.movement_id
            order by batches.hour_at
        ) as telling
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and coalesce(movements.recorded_at, movements.moved_at) > $low
        and least(movements.recorded_at, movements.moved_at) <= $high
)

select
    system,
    movement_id,
    kind,
    key_id,
    units,
    in_force_at,
    moved_at,
    disposition,
    cause_id,
    reference_id,
    coalesce(nullif(reference_id, ''), nullif(cause_id, ''), movement_id) as order_id
from told
where telling = 1
order by system, in_force_at, movement_id
