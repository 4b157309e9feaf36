-- grain: one item and place of a counted task: the owner's number, and what moved after the count
-- reads: given_rows (task_id, fact, sku, location_id, as_of), reconcile, ingest
-- param: hour_at, timestamptz
with shown as (
    select
        given_rows.task_id,
        given_rows.as_of,
        owned.owner,
        owned.owner_units,
        owned.source_at,
        keys.key_id
    from given_rows
    inner join
        reconcile.owned_between(
            cast($hour_at as timestamptz), cast($hour_at as timestamptz)
        ) as owned
        on
            given_rows.fact = owned.fact
            and given_rows.sku = owned.sku
            and given_rows.location_id = owned.location_id
    inner join ingest.keys as keys
        on owned.sku = keys.sku and owned.location_id = keys.location_id
),

moved as (
    select
        shown.task_id,
        movements.movement_id,
        any_value(
            ledger.on_hand_units(movements.kind, movements.units, movements.disposition)
        ) as units
    from shown
    inner join ingest.movements as movements on shown.key_id = movements.key_id
    inner join ingest.batches as batches
        on
            movements.batch_id = batches.batch_id
            and shown.owner = batches.system
    where
        movements.kind <> 'count'
        and movements.moved_at > shown.as_of
        and movements.moved_at <= shown.source_at
    group by shown.task_id, movements.movement_id
)

select
    shown.task_id,
    any_value(shown.owner_units) as shown_units,
    cast(coalesce(sum(moved.units), 0) as bigint) as moved_units
from shown
left join moved on shown.task_id = moved.task_id
group by shown.task_id
order by shown.task_id
