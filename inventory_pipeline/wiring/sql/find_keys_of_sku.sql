-- grain: one place that the item was ever named at
-- param: sku, location (or null), varchar
select key_id
from ingest.keys
where sku = $sku and (cast($location as varchar) is null or location_id = $location)
order by key_id
