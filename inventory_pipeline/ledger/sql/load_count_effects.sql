-- grain: one count that a system took over, and by how much its own number changed for it
-- That is the number after less the number before, less the system's own movements between.
-- Two counts between the same two readings share it in no known way: the last of them has it.
-- A count that no reading of the hours before precedes has no known effect.
-- param: hour_at, low, high, timestamptz (counts in force after $low, made by $high);
-- before, interval (how far back a reading may lie); at_order, varchar[] (systems that fall at
-- the order)
with counted as (
    select
        system,
        movement_id,
        key_id,
        least(moved_at, in_force_at) as first_at,
        greatest(moved_at, in_force_at) as last_at
    from ledger.postings
    where
        kind = 'count'
        and told_at <= $hour_at
        and in_force_at > $low
        and least(moved_at, in_force_at) <= $high
),

readings as (
    select
        batches.system,
        counts.key_id,
        counts.units,
        batches.source_at
    from ingest.counts as counts
    inner join ingest.batches as batches on counts.batch_id = batches.batch_id
    inner join ingest.fact_names as facts on counts.fact_id = facts.fact_id
    where
        facts.fact = 'on_hand'
        and batches.hour_at <= $hour_at
        and batches.hour_at >= (select min(counted.first_at) from counted) - $before
        and counts.key_id in (select counted.key_id from counted)
),

framed as (
    select
        counted.system,
        counted.movement_id,
        counted.key_id,
        counted.last_at,
        max(readings.source_at) filter (where readings.source_at < counted.first_at) as low_at,
        arg_max(readings.units, readings.source_at) filter (
            where readings.source_at < counted.first_at
        ) as low_units,
        min(readings.source_at) filter (where readings.source_at >= counted.last_at) as high_at,
        arg_min(readings.units, readings.source_at) filter (
            where readings.source_at >= counted.last_at
        ) as high_units
    from counted
    inner join readings on counted.system = readings.system and counted.key_id = readings.key_id
    group by
        counted.system,
        counted.movement_id,
        counted.key_id,
        counted.last_at
),

taken_over as (
    select *
    from framed
    where low_at is not null and high_at is not null
    qualify
        row_number() over (
            partition by system, key_id, low_at
            order by last_at desc, movement_id desc
        ) = 1
),

moved as (
    select
        taken_over.system,
        taken_over.movement_id,
        sum(
            case
                when list_contains($at_order, postings.system) then postings.at_order_units
                else postings.on_hand_units
            end
        ) as units
    from taken_over
    inner join ledger.postings as postings
        on
            taken_over.system = postings.system
            and taken_over.key_id = postings.key_id
            and taken_over.low_at < postings.in_force_at
            and taken_over.high_at >= postings.in_force_at
    where postings.told_at <= $hour_at
    group by taken_over.system, taken_over.movement_id
)

select
    taken_over.system,
    taken_over.movement_id,
    taken_over.key_id,
    cast(
        taken_over.high_units - taken_over.low_units - coalesce(moved.units, 0) as bigint
    ) as effect_units
from taken_over
left join moved
    on taken_over.system = moved.system and taken_over.movement_id = moved.movement_id
where taken_over.high_units - taken_over.low_units <> coalesce(moved.units, 0)
order by taken_over.system, taken_over.movement_id
