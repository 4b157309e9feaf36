-- grain: one problem open in one hour, as it was judged then
-- reads: reconcile.named_sightings
-- param: hour_at, timestamptz
select
    finding_id,
    class,
    severity,
    fact,
    sku,
    location_id,
    mirror,
    owner,
    owner_units,
    observed_units,
    expected_units,
    delta_units,
    first_seen_at,
    streak,
    is_settled,
    money_at_risk
from reconcile.named_sightings
where
    hour_at = $hour_at
    and state = 'open'
    and severity <> 'none'
