-- grain: one counts or movements feed of one system in one hour of the window
-- param: hour_at, since, timestamptz
select
    hour_at,
    system,
    feed,
    batch_id,
    status,
    source_at
from ingest.batches
where hour_at <= $hour_at and hour_at >= $since and feed in ('counts', 'movements')
order by system, feed, hour_at
