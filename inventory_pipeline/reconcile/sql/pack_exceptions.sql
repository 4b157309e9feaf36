-- grain: one exception that stood unchanged from first_place to last_place of a day
-- A run is what has the same place less rank: rank counts the places with the same values.
-- reads: reconcile.recent_exceptions, reconcile.packed_hours
-- param: day, date
insert into reconcile.exception_runs (
    day,
    first_place,
    last_place,
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
with placed as (
    select
        hours.place,
        told.mirror,
        told.fact,
        told.key_id,
        told.owner,
        told.owner_units,
        told.observed_units,
        told.expected_units,
        told.raw_delta_units,
        told.in_flight_units,
        told.lag_units,
        told.delta_units,
        told.status,
        told.severity,
        told.qualifiers
    from reconcile.recent_exceptions as told
    inner join reconcile.packed_hours as hours on told.hour_at = hours.hour_at
    where hours.day = $day
),

ranked as (
    select
        *,
        place - row_number() over (
            partition by
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
            order by place
        ) as run
    from placed
)

select
    cast($day as date) as day,
    min(place) as first_place,
    max(place) as last_place,
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
from ranked
group by
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
    qualifiers,
    run
order by key_id, mirror, fact, first_place
