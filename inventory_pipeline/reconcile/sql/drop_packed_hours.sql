-- grain: one hour of a packed day that is undone
-- reads: reconcile.packed_hours
-- param: day, date
delete from reconcile.packed_hours
where day = $day
