-- grain: one movement of a wanted key that a mirror's log tells of another key
-- reads: given_rows (key_id, movement_id, reference_id)
-- param: hour_at, since, timestamptz
with told as (
    select distinct
        changes.system as mirror,
        changes.key_id as told_key_id,
        wanted.key_id,
        wanted.movement_id,
        wanted.reference_id
    from ingest.named_changes as changes
    inner join given_rows as wanted on changes.reference_id = wanted.reference_id
    where
        changes.hour_at <= $hour_at
        and changes.changed_at > $since
        and changes.key_id <> wanted.key_id
),

names as (
    select
        movements.key_id,
        unnest([movements.movement_id, movements.reference_id, movements.cause_id]) as reference_id
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where batches.hour_at <= $hour_at and movements.key_id in (select told_key_id from told)
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
        from names
        where names.key_id = told.told_key_id and names.reference_id = told.reference_id
    )
order by told.mirror, told.key_id, told.movement_id, keys.sku, keys.location_id
