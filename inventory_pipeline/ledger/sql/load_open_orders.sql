-- grain: one key with units ordered and not shipped at $as_of
-- An order that several systems tell of counts once: the largest telling. A shipment is
-- tied to its order by reference or cause; one that names nothing is taken off the key.
-- Orders and shipments count from when they are in the books, as stock does: else a parcel
-- would be off the promise and still on the shelf.
-- param: hour_at, as_of, since, timestamptz
with told as (
    select
        batches.system,
        movements.movement_id,
        movements.kind,
        movements.key_id,
        movements.units,
        movements.reference_id,
        movements.cause_id,
        row_number() over (
            partition by batches.system, movements.movement_id
            order by batches.hour_at
        ) as telling
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and coalesce(movements.recorded_at, movements.moved_at) > $since
        and coalesce(movements.recorded_at, movements.moved_at) <= $as_of
        and movements.kind in ('order_placed', 'order_cancelled', 'shipment')
),

placed as (
    select
        system,
        key_id,
        units,
        movement_id,
        coalesce(nullif(reference_id, ''), movement_id) as order_id
    from told
    where telling = 1 and kind = 'order_placed'
),

names as (
    select distinct
        movement_id as alias,
        order_id
    from placed
    union
    select distinct
        order_id as alias,
        order_id
    from placed
),

released as (
    select
        told.system,
        told.key_id,
        told.kind,
        told.units,
        coalesce(by_cause.order_id, by_reference.order_id) as order_id,
        told.reference_id = '' and told.cause_id = '' as is_nameless
    from told
    left join names as by_cause on told.cause_id = by_cause.alias and told.cause_id <> ''
    left join names as by_reference on told.reference_id = by_reference.alias and told.reference_id <> ''
    where told.telling = 1 and told.kind <> 'order_placed'
),

ordered as (
    select
        key_id,
        order_id,
        max(units) as units
    from (
        select
            system,
            key_id,
            order_id,
            sum(units) as units
        from placed
        group by system, key_id, order_id
    ) as by_system
    group by key_id, order_id
),

taken_off as (
    select
        key_id,
        order_id,
        sum(units) as units
    from (
        select
            key_id,
            order_id,
            kind,
            max(units) as units
        from (
            select
                system,
                key_id,
                order_id,
                kind,
                sum(units) as units
            from released
            where order_id is not null
            group by system, key_id, order_id, kind
        ) as by_system
        group by key_id, order_id, kind
    ) as by_kind
    group by key_id, order_id
),

open_orders as (
    select
        ordered.key_id,
        sum(greatest(ordered.units - coalesce(taken_off.units, 0), 0)) as units
    from ordered
    left join taken_off on ordered.key_id = taken_off.key_id and ordered.order_id = taken_off.order_id
    group by ordered.key_id
),

nameless as (
    select
        key_id,
        max(units) as units
    from (
        select
            system,
            key_id,
            sum(units) as units
        from released
        where is_nameless
        group by system, key_id
    ) as by_system
    group by key_id
)

select
    open_orders.key_id,
    cast(open_orders.units - coalesce(nameless.units, 0) as bigint) as open_units
from open_orders
left join nameless on open_orders.key_id = nameless.key_id
where open_orders.units > coalesce(nameless.units, 0)
order by open_orders.key_id
