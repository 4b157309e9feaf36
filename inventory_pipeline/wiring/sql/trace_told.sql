-- grain: one movement or change of a level of the item, told once, newest first
-- param: sku, varchar; hour_at, timestamptz
with told as (
    select
        batches.system,
        movements.key_id,
        movements.movement_id as id,
        movements.kind,
        movements.units,
        movements.moved_at as at_moment,
        movements.reference_id,
        batches.hour_at
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    union all
    select
        batches.system,
        changes.key_id,
        changes.change_id as id,
        concat('level ', changes.operation) as kind,
        changes.units,
        changes.changed_at as at_moment,
        changes.reference_id,
        batches.hour_at
    from ingest.level_changes as changes
    inner join ingest.batches as batches on changes.batch_id = batches.batch_id
)

select
    told.system,
    keys.location_id,
    told.id,
    told.kind,
    told.units,
    told.at_moment as moved_at,
    coalesce(told.reference_id, '') as reference_id
from told
inner join ingest.keys as keys on told.key_id = keys.key_id
where told.hour_at <= $hour_at and keys.sku = $sku
qualify row_number() over (partition by told.system, told.kind, told.id order by told.hour_at) = 1
order by told.at_moment desc, told.system, told.id
limit 500
