-- grain: one day that ended by $before and is not packed
-- reads: reconcile.cycles, reconcile.packed_hours
-- param: before, timestamptz
select cast(cycles.hour_at as date) as day
from reconcile.cycles as cycles
left join reconcile.packed_hours as packed on cycles.hour_at = packed.hour_at
where cycles.hour_at < $before
group by cast(cycles.hour_at as date)
having count(packed.hour_at) = 0
order by day
