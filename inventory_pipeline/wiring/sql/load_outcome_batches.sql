-- grain: one feed of one system in the hour, as the hours after it look back on it
-- reads: ingest.batches
-- param: hour_at, timestamptz
select
    system,
    feed,
    status,
    reason,
    row_count,
    key_count,
    source_at,
    digest
from ingest.batches
where hour_at = $hour_at
order by system, feed
