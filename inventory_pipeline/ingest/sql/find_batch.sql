-- grain: one batch, or none
-- param: hour_at, timestamptz; system, feed, varchar
select
    batch_id,
    status,
    reason
from ingest.batches
where hour_at = $hour_at and system = $system and feed = $feed
