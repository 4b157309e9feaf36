-- grain: one mirror rule in one hour
-- reads: reconcile.tallies
-- param: hour_at, timestamptz
select
    mirror,
    fact,
    expects,
    status,
    qualifiers,
    compared,
    matched,
    in_flight,
    lagging,
    drifting,
    ghosts,
    absents,
    unknown
from reconcile.tallies
where hour_at = $hour_at
order by mirror, fact
