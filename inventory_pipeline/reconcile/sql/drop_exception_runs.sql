-- grain: one run of a packed day that is undone
-- reads: reconcile.exception_runs
-- param: day, date
delete from reconcile.exception_runs
where day = $day
