-- grain: one bin that stood unchanged from first_place to last_place
-- A run is what has the same place less rank: rank counts the places with the same units.
-- reads: ingest.recent_bins, ingest.packed_batches
-- param: pack_id, integer
insert into ingest.bin_runs (pack_id, fact_id, key_id, bin, first_place, last_place, units)
with ranked as (
    select
        packed.pack_id,
        bins.fact_id,
        bins.key_id,
        bins.bin,
        bins.units,
        packed.place,
        packed.place - row_number() over (
            partition by bins.fact_id, bins.key_id, bins.bin, bins.units
            order by packed.place
        ) as run
    from ingest.recent_bins as bins
    inner join ingest.packed_batches as packed on bins.batch_id = packed.batch_id
    where packed.pack_id = $pack_id
)

select
    pack_id,
    fact_id,
    key_id,
    bin,
    min(place) as first_place,
    max(place) as last_place,
    units
from ranked
group by pack_id, fact_id, key_id, bin, units, run
order by fact_id, key_id, bin, first_place
