-- grain: one exception of an hour of the day
-- reads: reconcile.packed_hours, reconcile.exception_runs
-- param: day, date
insert into reconcile.recent_exceptions (
    hour_at,
    mirror,
    fact,
    key_id,
    owner,
    owner_units,
    observed_units,
    expected_units,
    raw_delta_units,
    in_flight_units,
    lag_units,
    delta_units,
    status,
    severity,
    qualifiers
)
select
    hours.hour_at,
    runs.mirror,
    runs.fact,
    runs.key_id,
    runs.owner,
    runs.owner_units,
    runs.observed_units,
    runs.expected_units,
    runs.raw_delta_units,
    runs.in_flight_units,
    runs.lag_units,
    runs.delta_units,
    runs.status,
    runs.severity,
    runs.qualifiers
from reconcile.packed_hours as hours
inner join reconcile.exception_runs as runs
    on
        hours.day = runs.day
        and hours.place >= runs.first_place
        and hours.place <= runs.last_place
where hours.day = $day
