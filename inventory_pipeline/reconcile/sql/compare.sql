-- grain: one key that the owner of on_hand or the mirror speaks of in the hour
-- What dense.py and compare.py do, in plain SQL, for one rule, one owner and no movements: the
-- reference a test holds them to, and the text that runs on Spark. The rule stands in the CTE
-- ruled; another rule over on_hand, committed and safety_stock takes its place there.
-- reads: ingest.batches, ingest.batch_facts, ingest.fact_names, ingest.counts, ingest.unknowns
-- reads: ingest.key_codes, given_rows (sku_id, safety_stock, factor)
-- param: hour_at, timestamptz; owner, mirror, fact, absent_means, varchar
-- param: names_committed, boolean: whether the rule takes commitments off
with asked as (
    select 'on_hand' as fact
    union
    select 'committed' as fact
    union
    select $fact
),

spoke as (
    select
        batches.batch_id,
        batches.system,
        asked.fact,
        facts.fact_id,
        batches.status in ('complete', 'late') as is_whole
    from ingest.batches as batches
    cross join asked
    left join ingest.fact_names as facts on asked.fact = facts.fact
    where batches.hour_at = $hour_at and batches.feed = 'counts'
),

-- a system answers for a key it lists, and for every key if its snapshot is whole
answers as (
    select
        spoke.system,
        spoke.fact,
        keys.key_id,
        counts.units,
        (counts.key_id is not null or (spoke.is_whole and held.fact_id is not null))
        and unknowns.key_id is null as is_known,
        spoke.is_whole and held.fact_id is null as is_silent
    from spoke
    cross join ingest.key_codes as keys
    left join ingest.batch_facts as held
        on spoke.batch_id = held.batch_id and spoke.fact_id = held.fact_id
    left join ingest.counts as counts
        on
            spoke.batch_id = counts.batch_id
            and spoke.fact_id = counts.fact_id
            and keys.key_id = counts.key_id
    left join ingest.unknowns as unknowns
        on
            spoke.batch_id = unknowns.batch_id
            and spoke.fact_id = unknowns.fact_id
            and keys.key_id = unknowns.key_id
),

sides as (
    select
        keys.key_id,
        keys.place_id,
        held.units as owner_units,
        seen.units as observed_units,
        coalesce(held.units, 0) as on_hand,
        coalesce(promised.units, 0) as committed,
        coalesce(given.safety_stock, 0) as safety_stock,
        coalesce(given.factor, 1) as factor,
        coalesce(held.is_known, false) as is_held_known,
        -- a whole snapshot that never names a commitment says that nothing is promised
        not $names_committed
        or coalesce(promised.is_known or promised.is_silent, false) as is_promised_known,
        coalesce(seen.is_known, false) as is_seen_known
    from ingest.key_codes as keys
    left join answers as held
        on keys.key_id = held.key_id and held.system = $owner and held.fact = 'on_hand'
    left join answers as promised
        on keys.key_id = promised.key_id and promised.system = $owner and promised.fact = 'committed'
    left join answers as seen
        on keys.key_id = seen.key_id and seen.system = $mirror and seen.fact = $fact
    left join given_rows as given on keys.sku_id = given.sku_id
),

ruled as (
    select
        *,
        greatest(0, on_hand - committed - safety_stock) as free_units
    from sides
),

-- a mirror is expected to show only places it names
covered as (
    select distinct place_id
    from sides
    where observed_units is not null
),

-- whole units of the mirror, rounded down; % keeps the sign of what it divides
expected as (
    select
        ruled.*,
        ruled.free_units
        - (ruled.free_units % ruled.factor + ruled.factor) % ruled.factor as expected_units,
        covered.place_id is not null as is_covered
    from ruled
    left join covered on ruled.place_id = covered.place_id
),

shown as (
    select
        *,
        case
            when observed_units is not null then observed_units
            when $absent_means = 'zero' and owner_units is not null and is_seen_known and is_covered then 0
        end as shown_units
    from expected
),

named as (
    select
        *,
        case
            when owner_units is null and observed_units is not null and not is_held_known then 'unknown'
            when owner_units is null and observed_units <> 0 then 'ghost'
            when owner_units is null then null
            when not is_promised_known then 'unknown'
            when shown_units = expected_units then 'match'
            when shown_units is not null then 'drift'
            when is_covered and not is_seen_known then 'unknown'
            when is_covered and expected_units > 0 and $absent_means = 'unknown' then 'absent'
        end as status
    from shown
)

select
    key_id,
    owner_units,
    case when status = 'unknown' then observed_units else shown_units end as observed_units,
    case when status = 'ghost' then 0 else expected_units end as expected_units,
    case status
        when 'ghost' then shown_units
        when 'drift' then shown_units - expected_units
        when 'match' then 0
    end as raw_delta_units,
    status
from named
where status is not null
order by key_id
