-- grain: one fact name ever seen
select
    fact_id,
    fact
from ingest.fact_names
order by fact_id
