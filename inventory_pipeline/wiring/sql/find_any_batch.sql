-- grain: one row if any feed of any hour is known
select batch_id
from ingest.batches
order by batch_id
limit 1
