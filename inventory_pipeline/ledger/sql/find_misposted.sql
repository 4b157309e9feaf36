-- grain: one movement that another system told of with other units, of the last day; eaches
-- Parts told one by one are summed first: the pair is one item, kind and record (or instant).
-- One told more often than the owner did is told twice or not yet whole: no rule of posting.
-- reads: given_rows (mirror)
-- param: hour_at, since, timestamptz: movements after since
-- param: owner, text: the system whose telling counts
with wanted as (
    select movements.key_id
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and movements.moved_at > $since
        and batches.system in (select given_rows.mirror from given_rows)
    union
    select changes.key_id
    from ingest.level_changes as changes
    inner join ingest.batches as batches on changes.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and changes.changed_at > $since
        and changes.operation = 'add'
        and changes.reference_id <> ''
        and batches.system in (select given_rows.mirror from given_rows)
),

told as (
    select distinct
        batches.system,
        movements.movement_id,
        movements.kind,
        movements.key_id,
        movements.units,
        movements.moved_at,
        coalesce(nullif(movements.reference_id, ''), cast(movements.moved_at as varchar)) as name
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and movements.moved_at > $since
        and movements.kind in (
            'shipment', 'pos_sale', 'receipt', 'return_received', 'transfer_in', 'transfer_out'
        )
        and movements.key_id in (select wanted.key_id from wanted)
),

logged as (
    select distinct
        batches.system,
        changes.change_id,
        changes.key_id,
        changes.fact,
        changes.units,
        changes.changed_at,
        changes.reference_id as name
    from ingest.level_changes as changes
    inner join ingest.batches as batches on changes.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and changes.changed_at > $since
        and changes.operation = 'add'
        and changes.reference_id <> ''
        and batches.system in (select given_rows.mirror from given_rows)
),

owned as (
    select
        key_id,
        kind,
        name,
        min(movement_id) as movement_id,
        count(*) as records,
        cast(sum(units) as bigint) as units,
        min(moved_at) as moved_at
    from told
    where system = $owner
    group by key_id, kind, name
),

mirrored as (
    select
        told.system as mirror,
        told.key_id,
        told.kind,
        told.name,
        '' as fact,
        min(told.movement_id) as movement_id,
        count(*) as records,
        cast(sum(told.units) as bigint) as units,
        min(told.moved_at) as moved_at
    from told
    where told.system <> $owner and told.system in (select given_rows.mirror from given_rows)
    group by told.system, told.key_id, told.kind, told.name
    union all
    select
        logged.system as mirror,
        logged.key_id,
        told.kind,
        told.name,
        logged.fact,
        min(logged.change_id) as movement_id,
        count(*) as records,
        abs(cast(sum(logged.units) as bigint)) as units,
        min(logged.changed_at) as moved_at
    from logged
    inner join told
        on
            logged.key_id = told.key_id
            and told.system = $owner
            and logged.name = told.movement_id
    group by logged.system, logged.key_id, told.kind, told.name, logged.fact
)

select
    mirrored.mirror,
    owned.key_id,
    owned.kind,
    owned.name,
    owned.movement_id,
    owned.units as owner_units,
    owned.moved_at,
    mirrored.movement_id as mirror_record,
    mirrored.units as mirror_units,
    mirrored.moved_at as recorded_at
from owned
inner join mirrored
    on
        owned.key_id = mirrored.key_id
        and owned.kind = mirrored.kind
        and owned.name = mirrored.name
where owned.units <> mirrored.units and owned.records = mirrored.records
order by mirrored.mirror, owned.key_id, owned.moved_at, owned.movement_id
