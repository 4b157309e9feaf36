-- grain: one system's counts in the hour
-- param: hour_at, timestamptz
select
    batch_id,
    system,
    status,
    source_at,
    reference_at
from ingest.batches
where hour_at = $hour_at and feed = 'counts'
order by system
