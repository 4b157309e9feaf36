-- grain: one location; numbers as in ingest.keys
select
    place_id,
    location_id
from ingest.places
order by place_id
