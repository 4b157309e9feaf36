-- grain: one key
select
    key_id,
    sku_id,
    place_id
from ingest.key_codes
