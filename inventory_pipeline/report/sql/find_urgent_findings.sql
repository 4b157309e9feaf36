-- grain: one problem, open in this hour, that people should hear of at once
-- reads: reconcile.named_sightings
-- param: hour_at, timestamptz: the newest hour
select
    finding_id,
    state,
    kind,
    fact,
    sku,
    location_id,
    mirror,
    subject,
    owner,
    class,
    symptom,
    severity,
    delta_units,
    owner_units,
    observed_units,
    expected_units,
    first_seen_at,
    opened_at,
    streak,
    recurrence,
    is_settled,
    money_at_risk,
    details
from reconcile.named_sightings
where
    hour_at = $hour_at
    and state = 'open'
    and (
        severity = 'major'
        or class in ('structural', 'authority_gap', 'authority_bug')
    )
