-- grain: one feed of one system in one hour
-- reads: ingest.batches
-- param: start_at, timestamptz: first hour
-- param: end_at, timestamptz: last hour, included
select
    hour_at,
    system,
    feed,
    status,
    reason,
    key_count,
    source_at
from ingest.batches
where hour_at between $start_at and $end_at
order by hour_at, system, feed
