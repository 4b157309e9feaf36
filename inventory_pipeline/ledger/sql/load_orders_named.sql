-- grain: one order of one item at one place, as the largest telling has it
-- reads: ingest.movements, given_rows (reference): a name an order may go by
-- param: hour_at, since, timestamptz
with named as (
    select
        batches.system,
        movements.movement_id,
        movements.key_id,
        movements.units,
        coalesce(nullif(movements.reference_id, ''), movements.movement_id) as order_id
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        movements.kind = 'order_placed'
        and batches.hour_at <= $hour_at
        and movements.moved_at > $since
        and (
            movements.reference_id in (select given_rows.reference from given_rows)
            or movements.movement_id in (select given_rows.reference from given_rows)
        )
    qualify
        row_number() over (
            partition by batches.system, movements.movement_id
            order by batches.hour_at
        ) = 1
),

placed as (
    select
        order_id,
        key_id,
        system,
        min(movement_id) as movement_id,
        sum(units) as units
    from named
    group by order_id, key_id, system
)

select
    placed.order_id,
    placed.key_id,
    keys.sku,
    keys.location_id,
    min(placed.movement_id) as movement_id,
    cast(max(placed.units) as bigint) as ordered_units
from placed
inner join ingest.keys as keys on placed.key_id = keys.key_id
group by placed.order_id, placed.key_id, keys.sku, keys.location_id
order by placed.order_id, keys.sku, keys.location_id
