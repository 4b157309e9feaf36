-- grain: one key whose number stood there and could not be read
-- param: batch_id, integer; fact_id, smallint
select key_id
from ingest.unknowns
where batch_id = $batch_id and fact_id = $fact_id
