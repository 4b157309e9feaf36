-- grain: one (sku, location) ever seen
select
    key_id,
    sku_id,
    place_id,
    sku,
    location_id
from ingest.keys
order by key_id
