-- grain: one system and whether it tells of orders or of what leaves; each movement once
-- param: hour_at, since, as_of, timestamptz: movements in (since, as_of]
select
    batches.system,
    movements.kind in ('order_placed', 'pos_sale') as is_order,
    cast(sum(movements.units) as bigint) as units,
    min(movements.moved_at) as first_at
from ingest.movements as movements
inner join ingest.batches as batches on movements.batch_id = batches.batch_id
where
    batches.hour_at <= $hour_at
    and movements.moved_at > $since
    and movements.moved_at <= $as_of
    and movements.kind in ('order_placed', 'pos_sale', 'shipment')
    and not exists (
        select 1
        from ingest.movements as earlier
        inner join ingest.batches as before on earlier.batch_id = before.batch_id
        where
            earlier.movement_id = movements.movement_id
            and before.system = batches.system
            and before.hour_at < batches.hour_at
            and earlier.moved_at > $since
    )
group by batches.system, is_order
order by batches.system, is_order
