-- grain: one hour, if it was reconciled
-- reads: reconcile.cycles
-- param: hour_at, timestamptz
select status
from reconcile.cycles
where hour_at = $hour_at
