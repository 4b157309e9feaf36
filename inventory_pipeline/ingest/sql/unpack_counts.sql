-- grain: one reading of a batch of the pack
-- reads: ingest.packed_batches, ingest.count_runs
-- param: pack_id, integer
insert into ingest.recent_counts (batch_id, fact_id, key_id, units, age_seconds)
select
    batches.batch_id,
    runs.fact_id,
    runs.key_id,
    runs.units,
    runs.age_seconds + batches.aging_seconds as age_seconds
from ingest.packed_batches as batches
inner join ingest.count_runs as runs
    on
        batches.pack_id = runs.pack_id
        and batches.place >= runs.first_place
        and batches.place <= runs.last_place
where batches.pack_id = $pack_id
order by batches.place, runs.fact_id, runs.key_id
