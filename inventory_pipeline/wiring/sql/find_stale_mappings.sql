-- grain: one mapping of a path that is due for a look in one hour
-- reads: reconcile.sightings
-- param: hour_at, timestamptz
select
    subject as path,
    details
from reconcile.sightings
where
    hour_at = $hour_at
    and kind = 'stale_mapping'
    and state = 'open'
order by subject, details
