-- grain: one problem of the hour, with its names
-- param: hour_at, timestamptz
select *
from reconcile.named_sightings
where hour_at = $hour_at
order by finding_id
