-- grain: one fact name ever seen, by number
select fact
from ingest.fact_names
order by fact_id
