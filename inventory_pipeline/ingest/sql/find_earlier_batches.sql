-- grain: one batch of the system's counts before the hour, newest first
-- param: hour_at, timestamptz; system, varchar
select
    batch_id,
    hour_at,
    status,
    digest,
    source_at
from ingest.batches
where
    system = $system
    and feed = 'counts'
    and hour_at < $hour_at
    and key_count > 0
order by hour_at desc
limit 48
