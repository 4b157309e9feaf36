-- grain: one sign, known by the hour, that a place heard of a transfer
-- reads: given_rows (transfer_id, reference, key_id): a name it goes by, the item there
-- What arrived is a sign too; that it is on its way is told by a delivered event, a change of
-- a level, another movement, or units that a count calls incoming there.
-- param: hour_at, since, timestamptz
with named as (
    select
        events.key_id,
        events.reference_id as reference,
        coalesce(events.processed_at, events.received_at) as noticed_at
    from ingest.middleware_events as events
    inner join ingest.batches as batches on events.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and events.emitted_at > $since
        and events.reference_id <> ''
        and events.key_id in (select given_rows.key_id from given_rows)
    union all
    select
        changes.key_id,
        changes.reference_id as reference,
        changes.changed_at as noticed_at
    from ingest.level_changes as changes
    inner join ingest.batches as batches on changes.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and changes.changed_at > $since
        and changes.reference_id <> ''
        and changes.key_id in (select given_rows.key_id from given_rows)
    union all
    select
        movements.key_id,
        unnest([movements.reference_id, movements.cause_id]) as reference,
        movements.moved_at as noticed_at
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and movements.moved_at > $since
        and movements.key_id in (select given_rows.key_id from given_rows)
),

awaited as (
    select
        counts.key_id,
        batches.source_at - to_seconds(counts.age_seconds) as noticed_at
    from ingest.counts as counts
    inner join ingest.batches as batches on counts.batch_id = batches.batch_id
    inner join ingest.fact_names as facts on counts.fact_id = facts.fact_id
    where
        batches.hour_at <= $hour_at
        and batches.hour_at >= $since
        and facts.fact in ('incoming', 'in_transit')
        and counts.units > 0
        and counts.key_id in (select given_rows.key_id from given_rows)
)

select
    given_rows.transfer_id,
    given_rows.key_id,
    named.noticed_at
from given_rows
inner join named
    on given_rows.key_id = named.key_id and given_rows.reference = named.reference
where named.noticed_at is not null
union all
select
    given_rows.transfer_id,
    given_rows.key_id,
    awaited.noticed_at
from given_rows
inner join awaited on given_rows.key_id = awaited.key_id
order by transfer_id, key_id, noticed_at
