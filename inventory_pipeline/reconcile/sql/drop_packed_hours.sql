-- reads: reconcile.packed_hours
-- param: day, date
delete from reconcile.packed_hours
where day = $day
