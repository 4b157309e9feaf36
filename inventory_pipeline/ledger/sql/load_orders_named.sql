-- grain: one order of one item at one place, as the largest telling has it
-- reads: ledger.postings, given_rows (reference): a name an order may go by
-- param: hour_at, since, timestamptz
with named as (
    select
        coalesce(nullif(postings.reference_id, ''), postings.movement_id) as order_id,
        postings.movement_id,
        postings.system,
        postings.key_id,
        postings.units
    from ledger.postings as postings
    where
        postings.kind = 'order_placed'
        and postings.told_at <= $hour_at
        and postings.moved_at > $since
        and (
            postings.reference_id in (select given_rows.reference from given_rows)
            or postings.movement_id in (select given_rows.reference from given_rows)
        )
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
