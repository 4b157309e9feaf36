-- grain: one hour in which a feed did not come whole
-- param: hour_at, since, timestamptz
select
    system,
    feed,
    hour_at
from ingest.batches
where
    hour_at > $since
    and hour_at <= $hour_at
    and feed in ('levels', 'movements')
    and status not in ('complete', 'late')
order by system, feed, hour_at
