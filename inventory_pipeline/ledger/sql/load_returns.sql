-- grain: one return of one item as its teller announced it: what was announced and what arrived
-- A box belongs to the return it names, by reference or by cause, whoever tells of it. A rise
-- without a box is a receipt, an adjustment or a mirror's addition that names the return.
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
        movements.cause_id
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and movements.moved_at > $since
        and movements.kind in ('return_initiated', 'return_received', 'receipt', 'adjustment')
    qualify
        row_number() over (
            partition by batches.system, movements.movement_id
            order by batches.hour_at
        ) = 1
),

announced as (
    select
        system,
        key_id,
        case when reference_id <> '' then reference_id else movement_id end as return_id,
        any_value(movement_id) as movement_id,
        cast(sum(units) as bigint) as announced_units,
        min(moved_at) as announced_at
    from told
    where kind = 'return_initiated'
    group by
        system,
        key_id,
        case when reference_id <> '' then reference_id else movement_id end
),

arrived as (
    select
        announced.system,
        announced.key_id,
        announced.return_id,
        cast(sum(boxes.units) as bigint) as arrived_units
    from announced
    inner join told as boxes
        on
            announced.key_id = boxes.key_id
            and boxes.kind = 'return_received'
            and (
                boxes.reference_id in (announced.return_id, announced.movement_id)
                or boxes.cause_id in (announced.return_id, announced.movement_id)
            )
    group by announced.system, announced.key_id, announced.return_id
),

raised as (
    select
        announced.system,
        announced.key_id,
        announced.return_id,
        rises.system as raised_by,
        rises.movement_id as raised_id,
        rises.units as raised_units,
        rises.moved_at as raised_at
    from announced
    inner join told as rises
        on
            announced.key_id = rises.key_id
            and rises.kind in ('receipt', 'adjustment')
            and rises.units > 0
            and (
                rises.reference_id in (announced.return_id, announced.movement_id)
                or rises.cause_id in (announced.return_id, announced.movement_id)
            )
    union all
    select
        announced.system,
        announced.key_id,
        announced.return_id,
        batches.system as raised_by,
        changes.change_id as raised_id,
        changes.units as raised_units,
        changes.changed_at as raised_at
    from announced
    inner join ingest.level_changes as changes
        on
            announced.key_id = changes.key_id
            and changes.operation = 'add'
            and changes.units > 0
            and changes.reference_id in (announced.return_id, announced.movement_id)
    inner join ingest.batches as batches on changes.batch_id = batches.batch_id
    where batches.hour_at <= $hour_at
)

select
    announced.system,
    announced.key_id,
    announced.return_id,
    announced.announced_units,
    announced.announced_at,
    coalesce(arrived.arrived_units, 0) as arrived_units,
    coalesce(max(raised.raised_by), '') as raised_by,
    coalesce(max(raised.raised_id), '') as raised_id,
    cast(coalesce(max(raised.raised_units), 0) as bigint) as raised_units,
    max(raised.raised_at) as raised_at
from announced
left join arrived
    on
        announced.system = arrived.system
        and announced.key_id = arrived.key_id
        and announced.return_id = arrived.return_id
left join raised
    on
        announced.system = raised.system
        and announced.key_id = raised.key_id
        and announced.return_id = raised.return_id
group by
    announced.system,
    announced.key_id,
    announced.return_id,
    announced.announced_units,
    announced.announced_at,
    arrived.arrived_units
order by announced.announced_at, announced.return_id, announced.system
