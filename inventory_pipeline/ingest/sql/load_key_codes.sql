-- grain: one key, by number
select
    sku_id,
    place_id
from ingest.key_codes
order by key_id
