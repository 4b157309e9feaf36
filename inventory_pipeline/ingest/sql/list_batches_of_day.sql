-- grain: one counts batch of one day of one system
-- reads: ingest.batches
-- param: system, varchar; day, date
select
    batch_id,
    hour_at,
    key_count,
    source_at
from ingest.batches
where
    feed = 'counts'
    and system = $system
    and cast(hour_at as date) = $day
order by hour_at
