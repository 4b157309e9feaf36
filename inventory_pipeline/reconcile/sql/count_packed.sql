-- grain: one row: what the hours of a day hold, and what the runs of the day stand for
-- reads: reconcile.packed_hours, reconcile.recent_exceptions, reconcile.recent_sightings,
-- reconcile.exception_runs, reconcile.sighting_runs
-- param: day, date
select
    (
        select count(*) from reconcile.recent_exceptions
        where hour_at in (
            select hour_at from reconcile.packed_hours
            where day = $day
        )
    )
    + (
        select count(*) from reconcile.recent_sightings
        where hour_at in (
            select hour_at from reconcile.packed_hours
            where day = $day
        )
    ) as kept,
    (
        select cast(coalesce(sum(last_place - first_place + 1), 0) as bigint)
        from reconcile.exception_runs
        where day = $day
    )
    + (
        select cast(coalesce(sum(last_place - first_place + 1), 0) as bigint)
        from reconcile.sighting_runs
        where day = $day
    ) as held
