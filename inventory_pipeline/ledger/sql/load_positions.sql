-- grain: one item and place of one system that was ever counted there: what must be there
-- The position is the last confirmed count and every movement after it, up to the system's
-- own as-of time. Sequence decides what came after; time where either has none. An adjustment
-- that names the count is how the count was booked.
-- given_rows: key_id
-- param: hour_at, timestamptz; at_order, varchar[] (systems that fall when an order is placed)
with told as (
    select
        postings.system,
        postings.movement_id,
        postings.kind,
        postings.key_id,
        postings.units,
        case
            when list_contains($at_order, postings.system) then postings.at_order_units
            else postings.on_hand_units
        end as effect_units,
        postings.moved_at,
        postings.sequence,
        postings.reference_id,
        postings.cause_id,
        batches.source_at as as_of_at
    from ledger.postings as postings
    inner join ingest.batches as batches
        on
            postings.system = batches.system
            and batches.feed = 'counts'
            and batches.hour_at = $hour_at
    where
        postings.key_id in (select given_rows.key_id from given_rows)
        and postings.told_at <= $hour_at
        and postings.moved_at <= coalesce(batches.source_at, $hour_at)
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
