-- grain: one run of a pack that is undone
-- reads: ingest.bin_runs
-- param: pack_id, integer
delete from ingest.bin_runs
where pack_id = $pack_id
