-- grain: one transfer on its way to a wanted key, told by its origin
-- reads: given_rows (key_id)
-- param: hour_at, since, timestamptz
select
    keys.key_id,
    batches.system,
    movements.movement_id,
    'transfer_incoming' as kind,
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
inner join ingest.keys as origins on movements.key_id = origins.key_id
inner join ingest.keys as keys
    on origins.sku_id = keys.sku_id and movements.destination_id = keys.location_id
where
    batches.hour_at <= $hour_at
    and movements.moved_at > $since
    and movements.kind = 'transfer_out'
    and keys.key_id in (select given_rows.key_id from given_rows)
qualify
    row_number() over (
        partition by batches.system, movements.movement_id
        order by batches.hour_at
    ) = 1
order by keys.key_id, in_force_at, batches.system, movements.movement_id
