-- grain: one movement of the item as one system told it, newest first
-- param: sku, location (or null), varchar; hour_at, timestamptz
select
    movements.moved_at,
    batches.system,
    movements.kind,
    movements.units,
    movements.movement_id,
    movements.reference_id,
    movements.recorded_at,
    keys.location_id
from ingest.movements as movements
inner join ingest.batches as batches on movements.batch_id = batches.batch_id
inner join ingest.keys as keys on movements.key_id = keys.key_id
where
    batches.hour_at <= $hour_at
    and keys.sku = $sku
    and (cast($location as varchar) is null or keys.location_id = $location)
qualify
    row_number() over (
        partition by batches.system, movements.movement_id
        order by batches.hour_at
    ) = 1
order by movements.moved_at desc, batches.system, movements.movement_id
limit 25
