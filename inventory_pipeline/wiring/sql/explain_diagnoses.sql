-- grain: contract.diagnoses of one item in one hour
-- param: sku, location (or null), varchar; hour_at, timestamptz
select *
from contract.diagnoses
where
    sku = $sku
    and hour_at = $hour_at
    and (cast($location as varchar) is null or location_id = $location)
order by finding_id
