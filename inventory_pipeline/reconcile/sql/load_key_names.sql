-- grain: one key of those asked for
-- param: key_ids, integer[]
select
    key_id,
    sku,
    location_id
from ingest.keys
where key_id in (select unnest($key_ids))
order by key_id
