-- grain: contract.facts of one item in one hour
-- param: sku, location (or null), varchar; hour_at, timestamptz
select *
from contract.facts
where
    hour_at = $hour_at
    and sku = $sku
    and (cast($location as varchar) is null or location_id = $location)
order by fact, location_id
