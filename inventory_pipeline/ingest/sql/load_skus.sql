-- grain: one sku, by number
select sku
from ingest.skus
order by sku_id
