-- grain: one sku; numbers as in ingest.keys
select
    sku_id,
    sku
from ingest.skus
order by sku_id
