-- grain: one feed of one system that was heard at all by the hour
-- param: hour_at, timestamptz
select distinct
    system,
    feed
from ingest.batches
where hour_at <= $hour_at and status in ('complete', 'late')
order by system, feed
