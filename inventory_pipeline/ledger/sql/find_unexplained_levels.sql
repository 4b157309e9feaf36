-- grain: one item and place whose level is not what its own book makes of an earlier one
-- The book begins at the earlier level, or at the newest count after it; an adjustment that
-- names the count is how the count was booked, and no second change.
-- edge_units: what was booked within $edge of a reading, and may be in it or not.
-- param: system, fact, varchar; now_id, before_id, integer (batches)
-- param: hour_at, low, high, timestamptz (what was in force in the window)
-- param: edge, interval; at_order, boolean
with readings as (
    select
        counts.batch_id,
        counts.key_id,
        counts.units,
        batches.source_at - to_seconds(counts.age_seconds) as read_at
    from ingest.counts as counts
    inner join ingest.batches as batches on counts.batch_id = batches.batch_id
    inner join ingest.fact_names as facts on counts.fact_id = facts.fact_id
    where counts.batch_id in ($now_id, $before_id) and facts.fact = $fact
),

pairs as (
    select
        later.key_id,
        later.units,
        later.read_at,
        before.units as start_units,
        before.read_at as start_at
    from readings as later
    inner join readings as before on later.key_id = before.key_id
    where
        later.batch_id = $now_id
        and before.batch_id = $before_id
        and later.read_at > before.read_at
),

moves as (
    select
        movement_id,
        kind,
        key_id,
        units,
        case when $at_order then at_order_units else on_hand_units end as effect_units,
        in_force_at,
        coalesce(sequence, -1) as place,
        reference_id,
        cause_id
    from ledger.postings
    where
        system = $system
        and told_at <= $hour_at
        and in_force_at > $low
        and in_force_at <= $high
),

counted as (
    select
        pairs.key_id,
        moves.units,
        moves.in_force_at,
        moves.place,
        moves.movement_id
    from pairs
    inner join moves
        on
            pairs.key_id = moves.key_id
            and moves.kind = 'count'
            and pairs.start_at < moves.in_force_at
            and pairs.read_at >= moves.in_force_at
    qualify
        row_number() over (
            partition by pairs.key_id
            order by moves.place desc, moves.in_force_at desc, moves.movement_id desc
        ) = 1
),

opened as (
    select
        pairs.key_id,
        pairs.units,
        pairs.read_at,
        coalesce(counted.units, pairs.start_units) as start_units,
        coalesce(counted.in_force_at, pairs.start_at) as start_at,
        coalesce(counted.movement_id, '') as count_id,
        coalesce(counted.place, -1) as place
    from pairs
    left join counted on pairs.key_id = counted.key_id
),

judged as (
    select
        opened.key_id,
        moves.effect_units,
        case
            when opened.count_id = '' or opened.place < 0 or moves.place < 0
                then moves.in_force_at > opened.start_at
            else moves.place > opened.place
        end as is_after,
        moves.in_force_at <= opened.read_at as is_before,
        abs(epoch(moves.in_force_at) - epoch(opened.read_at)) <= epoch($edge)
        or abs(epoch(moves.in_force_at) - epoch(opened.start_at)) <= epoch($edge) as is_edge
    from opened
    inner join moves on opened.key_id = moves.key_id
    where
        moves.effect_units <> 0
        and (
            opened.count_id = ''
            or (moves.cause_id <> opened.count_id and moves.reference_id <> opened.count_id)
        )
),

summed as (
    select
        key_id,
        sum(case when is_after and is_before then effect_units else 0 end) as moved_units,
        sum(case when is_edge then abs(effect_units) else 0 end) as edge_units
    from judged
    group by key_id
)

select
    opened.key_id,
    keys.sku,
    keys.location_id,
    opened.units,
    opened.start_units,
    opened.start_at,
    opened.read_at,
    opened.count_id,
    cast(coalesce(summed.moved_units, 0) as bigint) as moved_units
from opened
inner join ingest.keys as keys on opened.key_id = keys.key_id
left join summed on opened.key_id = summed.key_id
where
    abs(opened.units - opened.start_units - coalesce(summed.moved_units, 0))
    > coalesce(summed.edge_units, 0)
order by opened.key_id
