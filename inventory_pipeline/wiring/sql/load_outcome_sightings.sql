-- grain: one problem the hour tells of
-- reads: reconcile.sightings
-- param: hour_at, timestamptz
select *
from reconcile.sightings
where hour_at = $hour_at
order by kind, mirror, fact, key_id, subject
