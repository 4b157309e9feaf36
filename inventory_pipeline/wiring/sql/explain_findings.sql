-- grain: contract.findings of one item that existed by the hour
-- param: sku, location (or null), varchar; hour_at, timestamptz
select *
from contract.findings
where
    sku = $sku
    and first_seen_at <= $hour_at
    and (cast($location as varchar) is null or location_id = $location)
order by state desc, finding_id
