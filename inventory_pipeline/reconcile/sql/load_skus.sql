-- grain: one sku; numbers as in ingest.keys
select distinct
    sku_id,
    sku
from ingest.keys
order by sku_id
