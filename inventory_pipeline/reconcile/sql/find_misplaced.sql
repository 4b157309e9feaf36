-- grain: one bin in which a mirror and the owner differ while the place as a whole agrees
-- param: hour_at, timestamptz; owner, varchar; fact, varchar
with bins as (
    select
        batches.system,
        held.key_id,
        held.bin,
        held.units
    from ingest.bins as held
    inner join ingest.batches as batches on held.batch_id = batches.batch_id
    inner join ingest.fact_names as facts on held.fact_id = facts.fact_id
    where batches.hour_at = $hour_at and facts.fact = $fact
),

mirrors as (
    select distinct
        system,
        key_id
    from bins
    where system <> $owner
),

pairs as (
    select
        mirrors.system,
        mirrors.key_id,
        bins.bin,
        sum(case when bins.system = $owner then bins.units else 0 end) as owner_units,
        sum(case when bins.system <> $owner then bins.units else 0 end) as mirror_units
    from mirrors
    inner join bins
        on
            mirrors.key_id = bins.key_id
            and (mirrors.system = bins.system or bins.system = $owner)
    group by mirrors.system, mirrors.key_id, bins.bin
)

select
    system,
    key_id,
    bin,
    cast(owner_units as bigint) as owner_units,
    cast(mirror_units as bigint) as mirror_units
from pairs
where owner_units <> mirror_units
qualify
    sum(owner_units - mirror_units) over (partition by system, key_id) = 0
    and sum(owner_units) over (partition by system, key_id) > 0
order by system, key_id, bin
