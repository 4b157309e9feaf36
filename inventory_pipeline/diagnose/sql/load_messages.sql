-- grain: one attempt of one middleware event of a wanted key
-- reads: given_rows (key_id)
-- param: hour_at, since, timestamptz
select distinct
    events.key_id,
    events.event_id,
    events.path,
    events.operation,
    events.units,
    events.emitted_at,
    events.processed_at,
    events.attempt,
    events.status,
    events.reference_id,
    events.idempotency_key,
    events.sequence
from ingest.middleware_events as events
inner join ingest.batches as batches on events.batch_id = batches.batch_id
where
    batches.hour_at <= $hour_at
    and events.emitted_at > $since
    and events.key_id in (select given_rows.key_id from given_rows)
order by events.key_id, events.emitted_at, events.event_id, events.attempt
