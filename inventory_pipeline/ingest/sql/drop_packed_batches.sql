-- grain: one batch of a pack that is undone
-- reads: ingest.packed_batches
-- param: pack_id, integer
delete from ingest.packed_batches
where pack_id = $pack_id
