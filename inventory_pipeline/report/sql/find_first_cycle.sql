-- grain: one row: the first and the newest hour ever recorded, null before that
-- reads: reconcile.cycles
select
    min(hour_at) as first_at,
    max(hour_at) as newest_at
from reconcile.cycles
