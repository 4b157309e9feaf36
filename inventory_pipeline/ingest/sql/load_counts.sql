-- grain: one reading of a batch
-- param: batch_id, integer
select
    fact_id,
    key_id,
    units
from ingest.counts
where batch_id = $batch_id
order by fact_id, key_id
