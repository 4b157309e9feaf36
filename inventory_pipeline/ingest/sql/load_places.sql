-- grain: one location, by number
select location_id
from ingest.places
order by place_id
