-- grain: one thing that stopped corrections, was not released, and nobody was told of at once
-- reads: journal brakes, notices
select
    brakes.brake_id,
    brakes.scope,
    brakes.reason,
    brakes.pulled_at
from brakes
left join notices
    on
        brakes.brake_id = notices.finding_id
        and brakes.pulled_at = notices.opened_at
where brakes.released_at is null and notices.finding_id is null
order by brakes.pulled_at, brakes.brake_id
