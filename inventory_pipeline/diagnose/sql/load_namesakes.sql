-- grain: one item that a reference belongs to
-- reads: given_rows (reference_id, key_id)
-- param: hour_at, timestamptz
select distinct
    wanted.reference_id,
    wanted.key_id,
    keys.sku as other_sku,
    movements.kind
from given_rows as wanted
inner join ingest.movements as movements
    on wanted.reference_id in (movements.movement_id, movements.reference_id)
inner join ingest.batches as batches on movements.batch_id = batches.batch_id
inner join ingest.keys as keys on movements.key_id = keys.key_id
where batches.hour_at <= $hour_at and movements.key_id <> wanted.key_id
order by wanted.reference_id, wanted.key_id, other_sku, movements.kind
