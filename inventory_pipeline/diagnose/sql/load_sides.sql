-- grain: one open finding of the hour: what each side shows
-- param: hour_at, timestamptz
select
    finding_id,
    delta_units,
    observed_units,
    expected_units,
    owner_units
from reconcile.named_sightings
where hour_at = $hour_at and state = 'open'
order by finding_id
