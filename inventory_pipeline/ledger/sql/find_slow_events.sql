-- grain: one event that came late or not at all, the latest first; twenty a path of either
-- param: hour_at, since, audit_since, lost_before, timestamptz: as in measure_paths
-- param: warn_seconds, bigint: the least delay that is told
with events as (
    select
        events.path,
        events.event_id,
        min(events.emitted_at) as emitted_at,
        min(
            case when ledger.is_applied(events.processed_at, events.status) then events.processed_at end
        ) as applied_at,
        max(events.attempt) as attempt
    from ingest.middleware_events as events
    inner join ingest.batches as batches on events.batch_id = batches.batch_id
    where batches.hour_at <= $hour_at and batches.hour_at > $since
    group by events.path, events.event_id
)

select
    path,
    event_id,
    emitted_at,
    applied_at,
    attempt,
    date_diff('second', emitted_at, applied_at) as delay_seconds
from events
where
    (applied_at > $audit_since and date_diff('second', emitted_at, applied_at) >= $warn_seconds)
    or (applied_at is null and emitted_at > $audit_since and emitted_at <= $lost_before)
qualify
    row_number() over (
        partition by path, applied_at is null
        order by date_diff('second', emitted_at, applied_at) desc, emitted_at asc, event_id asc
    ) <= 20
order by path, applied_at is null, delay_seconds desc, emitted_at, event_id
