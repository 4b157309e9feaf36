-- grain: one movement that the owner of its place told of for the first time in the hour
-- param: hour_at, timestamptz; owners, kinds, varchar[]
select
    movements.movement_id,
    movements.kind,
    keys.sku,
    keys.location_id,
    batches.system,
    movements.moved_at,
    ledger.on_hand_units(movements.kind, movements.units, movements.disposition) as effect_units
from ingest.movements as movements
inner join ingest.batches as batches on movements.batch_id = batches.batch_id
inner join ingest.keys as keys on movements.key_id = keys.key_id
where
    batches.hour_at = $hour_at
    and batches.system in (select unnest($owners))
    and movements.kind in (select unnest($kinds))
    and ledger.on_hand_units(movements.kind, movements.units, movements.disposition) <> 0
order by movements.moved_at, movements.movement_id
