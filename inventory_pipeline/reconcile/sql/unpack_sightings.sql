-- grain: one problem of an hour of the day
-- reads: reconcile.packed_hours, reconcile.sighting_runs
-- param: day, date
insert into reconcile.recent_sightings (
    hour_at,
    kind,
    fact,
    mirror,
    key_id,
    subject,
    owner,
    class,
    symptom,
    severity,
    delta_units,
    owner_units,
    observed_units,
    expected_units,
    first_seen_at,
    opened_at,
    last_seen_at,
    streak,
    same_streak,
    recurrence,
    state,
    is_settled,
    is_consistent,
    money_at_risk,
    details
)
select
    hours.hour_at,
    runs.kind,
    runs.fact,
    runs.mirror,
    runs.key_id,
    runs.subject,
    runs.owner,
    runs.class,
    runs.symptom,
    runs.severity,
    runs.delta_units,
    runs.owner_units,
    runs.observed_units,
    runs.expected_units,
    runs.first_seen_at,
    runs.opened_at,
    coalesce(runs.stale_seen_at, hours.hour_at) as last_seen_at,
    runs.streak_base + hours.place as streak,
    runs.same_streak_base + hours.place as same_streak,
    runs.recurrence,
    runs.state,
    runs.is_settled,
    runs.is_consistent,
    runs.money_at_risk,
    runs.details
from reconcile.packed_hours as hours
inner join reconcile.sighting_runs as runs
    on
        hours.day = runs.day
        and hours.place >= runs.first_place
        and hours.place <= runs.last_place
where hours.day = $day
