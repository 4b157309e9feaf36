-- grain: one row
-- reads: reconcile.cycles
select max(hour_at) as hour_at
from reconcile.cycles
