-- grain: one open finding of the hour, the gravest first
-- param: hour_at, timestamptz
select
    finding_id,
    kind,
    class,
    subject,
    fact,
    mirror,
    key_id,
    sku,
    location_id,
    owner,
    delta_units,
    first_seen_at,
    opened_at,
    streak,
    recurrence,
    details
from reconcile.named_sightings
where hour_at = $hour_at and state = 'open'
order by severity <> 'major', severity <> 'notable', abs(delta_units) desc, finding_id
