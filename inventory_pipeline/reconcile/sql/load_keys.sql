-- grain: one key, in its own order
select
    sku_id,
    place_id
from ingest.key_codes
order by key_id
