-- grain: one movement of a wanted key, told once, as known by the hour
-- reads: given_rows (key_id)
-- param: hour_at, since, timestamptz
select
    movements.key_id,
    batches.system,
    movements.movement_id,
    movements.kind,
    movements.units,
    coalesce(movements.recorded_at, movements.moved_at) as in_force_at,
    batches.hour_at as told_at,
    movements.reference_id,
    movements.cause_id,
    movements.actor,
    movements.disposition,
    movements.destination_id
from ingest.movements as movements
inner join ingest.batches as batches on movements.batch_id = batches.batch_id
where
    batches.hour_at <= $hour_at
    and movements.moved_at > $since
    and movements.key_id in (select given_rows.key_id from given_rows)
qualify
    row_number() over (
        partition by batches.system, movements.movement_id
        order by batches.hour_at
    ) = 1
order by movements.key_id, in_force_at, batches.system, movements.movement_id
