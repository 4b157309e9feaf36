-- grain: one movement of a wanted key that a mirror's log tells of another key
-- reads: given_rows (key_id, movement_id, reference_id)
-- param: hour_at, since, timestamptz
with abouts as (
    select
        event_id,
        max(reference_id) as reference_id
    from ingest.middleware_events
    where reference_id <> ''
    group by event_id
),

told as (
    select distinct
        batches.system as mirror,
        changes.key_id as told_key_id,
        wanted.key_id,
        wanted.movement_id,
        wanted.reference_id
    from ingest.level_changes as changes
    inner join ingest.batches as batches on changes.batch_id = batches.batch_id
    -- a row that names a message of the middleware speaks of what that message is about
    left join abouts on changes.reference_id = abouts.event_id
    inner join given_rows as wanted
        on coalesce(abouts.reference_id, changes.reference_id) = wanted.reference_id
    where
        batches.hour_at <= $hour_at
        and changes.changed_at > $since
        and changes.key_id <> wanted.key_id
)

select distinct
    told.mirror,
    told.key_id,
    told.movement_id,
    keys.sku,
    keys.location_id
from told
inner join ingest.keys as keys on told.told_key_id = keys.key_id
-- an id that the other key has a movement of names that one: ids of two systems may be alike
where
    not exists (
        select 1
        from ingest.movements as movements
        inner join ingest.batches as theirs on movements.batch_id = theirs.batch_id
        where
            theirs.hour_at <= $hour_at
            and movements.key_id = told.told_key_id
            and told.reference_id in (movements.movement_id, movements.reference_id, movements.cause_id)
    )
order by told.mirror, told.key_id, told.movement_id, keys.sku, keys.location_id
