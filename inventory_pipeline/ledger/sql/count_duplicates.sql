-- grain: one path some of whose events changed their target more than once
-- Three tokens name one happening: the event's id, its key, and, where units are added, the
-- record it refers to, by whichever path it came to the target.
-- reads: given_rows (path, target)
-- param: hour_at, since, timestamptz: events of batches after since
with applied as (
    select distinct
        events.path,
        coalesce(mapped.target, events.path) as target,
        events.event_id,
        events.key_id,
        events.processed_at,
        events.idempotency_key,
        events.operation,
        events.reference_id,
        events.units
    from ingest.middleware_events as events
    inner join ingest.batches as batches on events.batch_id = batches.batch_id
    left join given_rows as mapped on events.path = mapped.path
    where
        batches.hour_at <= $hour_at
        and batches.hour_at > $since
        and ledger.is_applied(events.processed_at, events.status)
),

told as (
    select
        path,
        row_number() over (
            partition by path, event_id, key_id
            order by processed_at
        ) as of_event,
        case
            when idempotency_key <> ''
                then row_number() over (
                    partition by path, idempotency_key, key_id
                    order by processed_at, event_id
                )
            else 1
        end as of_key,
        case
            when operation = 'add' and reference_id <> ''
                then row_number() over (
                    partition by target, operation, reference_id, key_id, units
                    order by processed_at, event_id, path
                )
            else 1
        end as of_reference
    from applied
)

select
    path,
    count(*) as duplicates
from told
where of_event > 1 or of_key > 1 or of_reference > 1
group by path
order by path
