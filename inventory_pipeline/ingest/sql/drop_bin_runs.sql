-- reads: ingest.bin_runs
-- param: pack_id, integer
delete from ingest.bin_runs
where pack_id = $pack_id
