-- grain: one thing that stopped corrections and was not released
-- reads: journal brakes
select
    scope,
    reason
from brakes
where released_at is null
order by pulled_at, brake_id
