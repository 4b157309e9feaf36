-- grain: one bin of a reading of a batch of the pack
-- reads: ingest.packed_batches, ingest.bin_runs
-- param: pack_id, integer
insert into ingest.recent_bins (batch_id, fact_id, key_id, bin, units)
select
    batches.batch_id,
    runs.fact_id,
    runs.key_id,
    runs.bin,
    runs.units
from ingest.packed_batches as batches
inner join ingest.bin_runs as runs
    on
        batches.pack_id = runs.pack_id
        and batches.place >= runs.first_place
        and batches.place <= runs.last_place
where batches.pack_id = $pack_id
order by batches.place, runs.fact_id, runs.key_id, runs.bin
