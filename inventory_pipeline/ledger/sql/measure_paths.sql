-- grain: one path of which a log tells; delays from emission to the first delivery that counted
-- param: hour_at, since, audit_since, lost_before, timestamptz: events of batches after since;
--   lost is what was emitted in (audit_since, lost_before] and never applied
with told as (
    select
        events.*,
        ledger.is_applied(events.processed_at, events.status) as has_effect
    from ingest.middleware_events as events
    inner join ingest.batches as batches on events.batch_id = batches.batch_id
    where batches.hour_at <= $hour_at and batches.hour_at > $since
),

events as (
    select
        path,
        event_id,
        min(emitted_at) as emitted_at,
        min(case when has_effect then processed_at end) as applied_at,
        max(attempt) as attempts,
        bool_or(idempotency_key <> '') as has_key
    from told
    group by path, event_id
)

select
    path,
    count(*) as events,
    count(applied_at) as applied,
    count(*) filter (where emitted_at > $audit_since) as recent,
    count(*) filter (
        where applied_at is null and emitted_at > $audit_since and emitted_at <= $lost_before
    ) as lost,
    count(*) filter (where attempts > 1) as retried,
    count(*) filter (where has_key) as keyed,
    quantile_cont(date_diff('second', emitted_at, applied_at), 0.5) as delay_p50_seconds,
    quantile_cont(date_diff('second', emitted_at, applied_at), 0.95) as delay_p95_seconds,
    quantile_cont(date_diff('second', emitted_at, applied_at), 0.99) as delay_p99_seconds,
    max(coalesce(applied_at, emitted_at)) as newest_at
from events
group by path
order by path
