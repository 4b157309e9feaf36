-- grain: one hour
-- reads: reconcile.cycles
-- param: start_at, timestamptz: first hour
-- param: end_at, timestamptz: last hour, included
select
    hour_at,
    status,
    compared,
    matched,
    in_flight,
    drifting_skus,
    active_skus,
    drift_rate,
    structural,
    record_accuracy,
    accuracy_low,
    accuracy_high,
    unit_accuracy,
    net_units,
    over_units,
    under_units,
    consistent_findings,
    leans_to_integration,
    reason
from reconcile.cycles
where hour_at between $start_at and $end_at
order by hour_at
