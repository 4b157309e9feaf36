-- grain: contract.facts of one item in one hour
-- param: sku, location (or null), varchar; hour_at, timestamptz
select
    hour_at,
    fact,
    sku,
    location_id,
    owner,
    owner_units,
    source_at
from reconcile.owned_between(cast($hour_at as timestamptz), cast($hour_at as timestamptz))
where
    sku = $sku
    and (cast($location as varchar) is null or location_id = $location)
order by fact, location_id
