-- grain: one item and place of one system that was ever counted there: what must be there
-- The position is the last confirmed count and every movement after it, up to the system's
-- own as-of time. Sequence decides what came after; time where either has none. An adjustment
-- that names the count is how the count was booked.
-- The keys are taken first and then told once: over millions of movements no other order is.
-- reads: ingest.movements, ingest.batches, ingest.keys, given_rows (key_id)
-- param: hour_at, timestamptz; at_order, varchar[] (systems that fall when an order is placed)
with told as (
    select
        batches.system,
        movements.movement_id,
        movements.kind,
        movements.key_id,
        movements.units,
        case
            when list_contains($at_order, batches.system)
                then ledger.at_order_units(movements.kind, movements.units, movements.disposition)
            else ledger.on_hand_units(movements.kind, movements.units, movements.disposition)
        end as effect_units,
        movements.moved_at,
        movements.sequence,
        movements.reference_id,
        movements.cause_id,
        now.source_at as as_of_at
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    inner join ingest.batches as now
        on batches.system = now.system and now.feed = 'counts' and now.hour_at = $hour_at
    where
        movements.key_id in (select given_rows.key_id from given_rows)
        and batches.hour_at <= $hour_at
        and movements.moved_at <= coalesce(now.source_at, $hour_at)
    qualify
        row_number() over (
            partition by batches.system, movements.movement_id
            order by batches.hour_at
        ) = 1
),

counted as (
    select *
    from told
    where kind = 'count'
    qualify
        row_number() over (
            partition by system, key_id
            order by sequence desc nulls last, moved_at desc, movement_id desc
        ) = 1
),

moved as (
    select
        counted.system,
        counted.key_id,
        sum(told.effect_units) as moved_units
    from counted
    inner join told on counted.system = told.system and counted.key_id = told.key_id
    where
        told.cause_id <> counted.movement_id
        and told.reference_id <> counted.movement_id
        and case
            when told.sequence is null or counted.sequence is null
                then told.moved_at > counted.moved_at
            else told.sequence > counted.sequence
        end
    group by counted.system, counted.key_id
)

select
    counted.system,
    keys.sku,
    keys.location_id,
    counted.movement_id as count_id,
    counted.moved_at as counted_at,
    counted.units as counted_units,
    cast(coalesce(moved.moved_units, 0) as bigint) as moved_units,
    cast(counted.units + coalesce(moved.moved_units, 0) as bigint) as position_units,
    counted.as_of_at
from counted
inner join ingest.keys as keys on counted.key_id = keys.key_id
left join moved on counted.system = moved.system and counted.key_id = moved.key_id
order by counted.system, keys.sku, keys.location_id
