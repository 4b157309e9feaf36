-- grain: one problem the hour told of before it was run again
-- param: hour_at, timestamptz
select
    kind,
    fact,
    mirror,
    key_id,
    subject
from reconcile.sightings
where hour_at = $hour_at
