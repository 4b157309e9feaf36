-- grain: one delivery of one middleware event of the item, oldest first
-- param: sku, varchar; hour_at, timestamptz
select
    keys.location_id,
    events.event_id,
    events.path,
    events.operation,
    events.units,
    events.emitted_at,
    events.processed_at,
    events.attempt,
    events.status,
    coalesce(events.reference_id, '') as reference_id
from ingest.middleware_events as events
inner join ingest.batches as batches on events.batch_id = batches.batch_id
inner join ingest.keys as keys on events.key_id = keys.key_id
where batches.hour_at <= $hour_at and keys.sku = $sku
order by events.emitted_at, events.event_id, events.attempt
limit 500
