-- grain: one sku: the one asked for, or those that look like it
-- param: sku, varchar
select distinct sku
from ingest.keys
where
    sku = $sku
    or lower(trim(sku)) = lower(trim($sku))
    or ltrim(lower(sku), '0') = ltrim(lower($sku), '0')
    or starts_with(lower(sku), lower($sku))
order by sku
limit 8
