-- grain: one run of a packed day that is undone
-- reads: reconcile.sighting_runs
-- param: day, date
delete from reconcile.sighting_runs
where day = $day
