-- grain: one sighting that a packed day holds from now on
-- reads: reconcile.recent_sightings, reconcile.packed_hours
-- param: day, date
delete from reconcile.recent_sightings
where hour_at in (
    select hour_at from reconcile.packed_hours
    where day = $day
)
