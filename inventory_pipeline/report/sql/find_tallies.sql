-- grain: one mirror rule in one hour; what agreed is counted too
-- reads: reconcile.tallies
-- param: hour_at, timestamptz
select
    mirror,
    fact,
    compared,
    matched,
    in_flight,
    lagging,
    drifting + ghosts + absents as differing,
    unknown
from reconcile.tallies
where hour_at = $hour_at
order by mirror, fact
