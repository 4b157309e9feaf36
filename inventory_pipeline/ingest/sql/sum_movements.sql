-- grain: one key; absolute units that moved after $low and up to $high, as known by the hour
-- The owners tell what moves, and the system itself; of orders whoever takes them. Where no
-- owner tells anything, everybody is heard. A movement that several tell counts once: the
-- largest telling. Of the hour itself only the system's own are taken: which other system is
-- read first must not decide what is believed.
-- param: hour_at, low, high, timestamptz; system, varchar; owners, varchar[]
with told as (
    select
        batches.system,
        movements.key_id,
        movements.units,
        movements.kind in ('order_placed', 'order_cancelled') as is_order
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        greatest(movements.moved_at, coalesce(movements.recorded_at, movements.moved_at)) > $low
        and least(movements.moved_at, coalesce(movements.recorded_at, movements.moved_at)) <= $high
        and (
            batches.hour_at < $hour_at
            or (batches.hour_at = $hour_at and batches.system = $system)
        )
),

by_system as (
    select
        key_id,
        sum(abs(units)) as units
    from told
    where
        is_order
        or system = $system
        or list_contains($owners, system)
        or not exists (
            select 1
            from told as owned
            where list_contains($owners, owned.system)
        )
    group by key_id, system
)

select
    key_id,
    cast(max(units) as bigint) as moved_units
from by_system
group by key_id
order by key_id
