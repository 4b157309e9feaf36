-- grain: one further attempt that changed its target, with the level it wrote over
-- param: hour_at, since, audit_since, timestamptz: events of batches after since, attempts
--   processed after audit_since
with applied as (
    select distinct
        events.path,
        events.key_id,
        events.event_id,
        events.operation,
        events.units,
        events.attempt,
        events.idempotency_key,
        events.processed_at
    from ingest.middleware_events as events
    inner join ingest.batches as batches on events.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and batches.hour_at > $since
        and ledger.is_applied(events.processed_at, events.status)
),

following as (
    select
        *,
        lag(case when operation = 'set' then units end) over (
            partition by path, key_id
            order by processed_at, attempt, event_id
        ) as before_units
    from applied
)

select
    following.path,
    following.event_id,
    keys.sku,
    keys.location_id,
    following.operation,
    following.units,
    following.attempt,
    following.idempotency_key,
    following.processed_at,
    following.before_units
from following
inner join ingest.keys as keys on following.key_id = keys.key_id
where following.attempt > 1 and following.processed_at > $audit_since
qualify
    row_number() over (
        partition by following.path
        order by following.processed_at desc, following.event_id asc
    ) <= 20
order by following.path, following.processed_at, following.event_id
