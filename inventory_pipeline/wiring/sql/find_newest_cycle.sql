-- grain: one row
select max(hour_at) as hour_at
from reconcile.cycles
