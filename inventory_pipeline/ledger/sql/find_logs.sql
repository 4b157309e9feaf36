-- grain: one hour in which a log of events or runs was to be heard; emitted_at is the oldest
-- event it told of
-- param: hour_at, since, timestamptz
select
    batches.system,
    batches.feed,
    batches.hour_at,
    batches.status,
    batches.source_at,
    (
        select min(events.emitted_at)
        from ingest.middleware_events as events
        where events.batch_id = batches.batch_id
    ) as emitted_at
from ingest.batches as batches
where
    batches.feed in ('events', 'syncs')
    and batches.hour_at <= $hour_at
    and batches.hour_at > $since
order by batches.system, batches.feed, batches.hour_at
