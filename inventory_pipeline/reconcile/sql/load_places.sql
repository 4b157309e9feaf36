-- grain: one location; numbers as in ingest.keys
select distinct
    place_id,
    location_id
from ingest.keys
order by place_id
