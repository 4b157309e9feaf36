-- grain: one key that a system speaks of in words
-- param: batch_id, integer; fact_id, smallint
select
    key_id,
    is_available
from ingest.availabilities
where batch_id = $batch_id and fact_id = $fact_id
order by key_id
