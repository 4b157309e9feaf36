-- grain: two rows: what the batches of a pack hold, then what its runs stand for; eaches
-- reads: ingest.packed_batches, ingest.recent_counts, ingest.recent_bins, ingest.count_runs,
-- ingest.bin_runs
-- param: pack_id, integer
with batches as (
    select batch_id from ingest.packed_batches
    where pack_id = $pack_id
),

counts as (
    select
        count(*) as readings,
        cast(coalesce(sum(units), 0) as bigint) as units
    from ingest.recent_counts
    where batch_id in (select batch_id from batches)
),

bins as (
    select
        count(*) as readings,
        cast(coalesce(sum(units), 0) as bigint) as units
    from ingest.recent_bins
    where batch_id in (select batch_id from batches)
),

count_runs as (
    select
        cast(coalesce(sum(last_place - first_place + 1), 0) as bigint) as readings,
        cast(coalesce(sum(units * (last_place - first_place + 1)), 0) as bigint) as units
    from ingest.count_runs
    where pack_id = $pack_id
),

bin_runs as (
    select
        cast(coalesce(sum(last_place - first_place + 1), 0) as bigint) as readings,
        cast(coalesce(sum(units * (last_place - first_place + 1)), 0) as bigint) as units
    from ingest.bin_runs
    where pack_id = $pack_id
)

select
    1 as line,
    counts.readings,
    counts.units,
    bins.readings as bin_readings,
    bins.units as bin_units
from counts
cross join bins
union all
select
    2 as line,
    count_runs.readings,
    count_runs.units,
    bin_runs.readings as bin_readings,
    bin_runs.units as bin_units
from count_runs
cross join bin_runs
order by line
