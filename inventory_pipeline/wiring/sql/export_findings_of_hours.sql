-- grain: one problem in one hour, as it was judged then
-- param: low, high, timestamptz or null
select
    finding_id,
    kind,
    fact,
    sku,
    location_id,
    mirror,
    class,
    symptom,
    severity,
    delta_units,
    first_seen_at,
    last_seen_at,
    streak,
    recurrence,
    state,
    money_at_risk,
    owner,
    owner_units,
    observed_units,
    expected_units,
    opened_at,
    is_settled,
    is_consistent,
    subject,
    details,
    hour_at
from reconcile.named_sightings
where
    (cast($low as timestamptz) is null or hour_at >= $low)
    and (cast($high as timestamptz) is null or hour_at <= $high)
