-- grain: one key with an order that was placed and not shipped whole (REC-16)
-- param: hour_at, since, timestamptz; key_ids, integer[]
select
    movements.key_id,
    movements.kind,
    coalesce(nullif(movements.reference_id, ''), nullif(movements.cause_id, ''), movements.movement_id) as order_id,
    batches.system,
    cast(sum(movements.units) as bigint) as units
from ingest.movements as movements
inner join ingest.batches as batches on movements.batch_id = batches.batch_id
where
    batches.hour_at <= $hour_at
    and movements.moved_at > $since
    and movements.kind in ('order_placed', 'shipment', 'order_cancelled', 'return_initiated')
    and movements.key_id in (select unnest($key_ids))
group by all
order by movements.key_id, order_id, batches.system, movements.kind
