-- grain: one problem of the item in one hour up to the hour asked for
-- param: sku, location (or null), varchar; hour_at, timestamptz
select
    hour_at,
    finding_id,
    mirror,
    class,
    severity,
    state,
    delta_units,
    streak,
    recurrence,
    owner
from reconcile.named_sightings
where
    sku = $sku
    and hour_at <= $hour_at
    and (cast($location as varchar) is null or location_id = $location)
order by hour_at desc, finding_id
limit 48
