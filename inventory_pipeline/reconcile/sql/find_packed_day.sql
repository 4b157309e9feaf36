-- grain: one day, if it is packed
-- reads: reconcile.packed_hours
-- param: day, date
select distinct day
from reconcile.packed_hours
where day = $day
