-- grain: one change of a mirror's level that came before the movement it names was recorded
-- A name may stand for several movements, an order for each of its part shipments: a change is
-- held to the first of them that it can stand for. Only the owner's own count, and, for a
-- mirror that falls at the order, the order, whoever tells it.
-- param: hour_at, timestamptz; owner, varchar; at_order, varchar[] (mirrors that fall at the order)
with named as (
    select
        batches.system,
        changes.change_id,
        changes.key_id,
        changes.fact,
        changes.changed_at,
        movements.kind,
        movements.movement_id,
        tellers.system as owner,
        coalesce(movements.recorded_at, movements.moved_at) as recorded_at
    from ingest.level_changes as changes
    inner join ingest.batches as batches on changes.batch_id = batches.batch_id
    inner join ingest.movements as movements
        on
            changes.key_id = movements.key_id
            and (
                changes.reference_id = movements.movement_id
                or changes.reference_id = movements.reference_id
            )
    inner join ingest.batches as tellers on movements.batch_id = tellers.batch_id
    where
        batches.hour_at = $hour_at
        and tellers.hour_at <= $hour_at
        and batches.system <> $owner
        and changes.reference_id <> ''
        and case
            when movements.kind in ('order_placed', 'order_cancelled')
                then list_contains($at_order, batches.system)
            else
                tellers.system = $owner
                and ledger.on_hand_units(movements.kind, movements.units, movements.disposition) <> 0
        end
)

select
    system,
    change_id,
    key_id,
    fact,
    changed_at,
    kind,
    movement_id,
    owner,
    recorded_at
from named
qualify
    row_number() over (partition by system, change_id order by recorded_at, movement_id) = 1
    and changed_at < recorded_at
order by system, change_id
