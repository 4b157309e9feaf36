-- grain: one reconciled hour
-- param: hour_at, timestamptz
select
    drift_rate,
    structural
from reconcile.cycles
where hour_at = $hour_at
