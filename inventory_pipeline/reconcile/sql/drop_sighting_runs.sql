-- reads: reconcile.sighting_runs
-- param: day, date
delete from reconcile.sighting_runs
where day = $day
