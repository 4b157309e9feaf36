-- grain: one row if any hour after this one was reconciled
-- param: hour_at, timestamptz
select hour_at
from reconcile.cycles
where hour_at > $hour_at
order by hour_at
limit 1
