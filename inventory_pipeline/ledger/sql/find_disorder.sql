-- grain: one key of one path whose last write is not the newest by the source's own sequence
-- param: hour_at, since, timestamptz: events of batches after since
with applied as (
    select distinct
        events.path,
        events.key_id,
        events.event_id,
        events.units,
        events.sequence,
        events.attempt,
        events.idempotency_key,
        events.emitted_at,
        events.processed_at
    from ingest.middleware_events as events
    inner join ingest.batches as batches on events.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and batches.hour_at > $since
        and events.operation = 'set'
        and events.sequence is not null
        and ledger.is_applied(events.processed_at, events.status)
),

ranked as (
    select
        *,
        row_number() over (
            partition by path, key_id
            order by processed_at desc, sequence desc, event_id asc
        ) as by_time,
        row_number() over (
            partition by path, key_id
            order by sequence desc, processed_at asc, event_id asc
        ) as by_sequence
    from applied
)

select
    final.path,
    final.key_id,
    final.event_id,
    final.attempt,
    final.sequence,
    final.units,
    final.idempotency_key,
    final.emitted_at,
    final.processed_at,
    newest.event_id as newest_event_id,
    newest.sequence as newest_sequence,
    newest.units as newest_units,
    newest.processed_at as newest_processed_at
from ranked as final
inner join ranked as newest on final.path = newest.path and final.key_id = newest.key_id
where final.by_time = 1 and newest.by_sequence = 1 and final.sequence < newest.sequence
order by final.path, final.key_id
