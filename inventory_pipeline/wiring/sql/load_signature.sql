-- grain: one hour, if it was reconciled
-- reads: reconcile.cycles, reconcile.sightings
-- param: hour_at, timestamptz
select
    cycles.status,
    count(*) filter (where open_ones.severity = 'major') as majors,
    count(*) filter (where open_ones.severity = 'notable') as notables,
    count(*) filter (
        where
        open_ones.severity = 'major'
        or open_ones.class in ('structural', 'authority_gap', 'authority_bug')
    ) as urgent
from reconcile.cycles as cycles
left join reconcile.sightings as open_ones
    on cycles.hour_at = open_ones.hour_at and open_ones.state = 'open'
where cycles.hour_at = $hour_at
group by cycles.status
