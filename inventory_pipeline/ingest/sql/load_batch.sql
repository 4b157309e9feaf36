-- grain: one reading of a batch of the last days
-- reads: ingest.recent_counts
-- param: batch_id, integer
select
    fact_id,
    key_id,
    units,
    age_seconds
from ingest.recent_counts
where batch_id = $batch_id
