-- grain: one reading that a pack holds from now on
-- reads: ingest.recent_counts, ingest.packed_batches
-- param: pack_id, integer
delete from ingest.recent_counts
where batch_id in (
    select batch_id from ingest.packed_batches
    where pack_id = $pack_id
)
