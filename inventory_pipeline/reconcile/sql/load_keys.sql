-- grain: one key, in its own order
select
    key_id,
    sku_id,
    place_id
from ingest.keys
order by key_id
