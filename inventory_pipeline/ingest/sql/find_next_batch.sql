-- grain: one row
select cast(coalesce(max(batch_id), 0) + 1 as integer) as batch_id
from ingest.batches
