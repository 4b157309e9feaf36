-- grain: one row
-- reads: ingest.packed_batches
select cast(coalesce(max(pack_id), 0) + 1 as integer) as pack_id
from ingest.packed_batches
