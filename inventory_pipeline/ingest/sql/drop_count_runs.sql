-- grain: one run of a pack that is undone
-- reads: ingest.count_runs
-- param: pack_id, integer
delete from ingest.count_runs
where pack_id = $pack_id
