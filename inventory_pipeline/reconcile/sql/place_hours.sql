-- grain: one reconciled hour of the day; places count from 0
-- reads: reconcile.cycles
-- param: day, date
insert into reconcile.packed_hours (day, hour_at, place)
select
    cast($day as date) as day,
    hour_at,
    cast(row_number() over (order by hour_at) - 1 as smallint) as place
from reconcile.cycles
where cast(hour_at as date) = $day
order by hour_at
