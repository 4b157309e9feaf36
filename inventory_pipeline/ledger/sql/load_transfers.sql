-- grain: one leg of a transfer as one system told it, known by the hour
-- destination_key_id is null while nobody ever named the item there
-- param: hour_at, since, timestamptz
with told as (
    select
        batches.system,
        movements.movement_id,
        movements.kind,
        movements.key_id,
        movements.units,
        movements.moved_at,
        movements.reference_id,
        movements.cause_id,
        movements.destination_id
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and movements.moved_at > $since
        and movements.kind in ('transfer_out', 'transfer_in')
    qualify
        row_number() over (
            partition by batches.system, movements.movement_id
            order by batches.hour_at
        ) = 1
)

select
    told.system,
    told.movement_id,
    told.kind,
    told.key_id,
    told.units,
    told.moved_at,
    told.reference_id,
    told.cause_id,
    keys.sku,
    keys.location_id,
    told.destination_id,
    there.key_id as destination_key_id
from told
inner join ingest.keys as keys on told.key_id = keys.key_id
left join ingest.keys as there
    on keys.sku_id = there.sku_id and told.destination_id = there.location_id
order by told.moved_at, told.system, told.movement_id
