-- grain: one exception that a packed day holds from now on
-- reads: reconcile.recent_exceptions, reconcile.packed_hours
-- param: day, date
delete from reconcile.recent_exceptions
where hour_at in (
    select hour_at from reconcile.packed_hours
    where day = $day
)
