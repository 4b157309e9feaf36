-- grain: the cycle of one hour, or none
-- param: hour_at, timestamptz
select
    active_skus,
    drift_rate
from reconcile.cycles
where hour_at = $hour_at
