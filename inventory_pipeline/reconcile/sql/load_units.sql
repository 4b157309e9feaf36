-- grain: one key of one fact of one batch
-- param: batch_id, integer; fact_id, smallint
select
    key_id,
    units
from ingest.counts
where batch_id = $batch_id and fact_id = $fact_id
