-- grain: one item of a mirror that people raised or lowered by the same units after receipts
-- edits: such changes; receipts: different receipts of the owner that one of them followed
-- reads: given_rows (mirror)
-- param: hour_at, since, timestamptz: changes after since
-- param: owner, text: the system that receives the goods
-- param: machines: systems and paths, which are nobody's hands
with edits as (
    select distinct
        batches.system as mirror,
        movements.key_id,
        movements.movement_id as change_id,
        movements.units,
        movements.moved_at as changed_at,
        movements.actor
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        movements.kind = 'adjustment'
        and batches.hour_at <= $hour_at
        and movements.moved_at > $since
        and batches.system <> $owner
        and batches.system in (select given_rows.mirror from given_rows)
        and coalesce(movements.actor, '') not in (select unnest($machines))
    union all
    select distinct
        batches.system as mirror,
        changes.key_id,
        changes.change_id,
        changes.units,
        changes.changed_at,
        changes.actor
    from ingest.level_changes as changes
    inner join ingest.batches as batches on changes.batch_id = batches.batch_id
    where
        changes.operation = 'add'
        and changes.reference_id = ''
        and changes.actor <> ''
        and batches.hour_at <= $hour_at
        and changes.changed_at > $since
        and batches.system in (select given_rows.mirror from given_rows)
        and changes.actor not in (select unnest($machines))
),

repeated as (
    select
        mirror,
        key_id,
        units
    from edits
    group by mirror, key_id, units
    having count(*) >= 3
),

receipts as (
    select distinct
        movements.movement_id,
        movements.key_id,
        movements.moved_at
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        movements.kind = 'receipt'
        and batches.system = $owner
        and batches.hour_at <= $hour_at
        and movements.moved_at > cast($since as timestamptz) - interval 7 day
        and movements.key_id in (select repeated.key_id from repeated)
),

paired as (
    select
        edits.mirror,
        edits.key_id,
        edits.units,
        edits.change_id,
        edits.changed_at,
        (
            select max(receipts.moved_at)
            from receipts
            where receipts.key_id = edits.key_id and receipts.moved_at <= edits.changed_at
        ) as received_at
    from edits
    inner join repeated
        on
            edits.mirror = repeated.mirror
            and edits.key_id = repeated.key_id
            and edits.units = repeated.units
)

select
    mirror,
    key_id,
    units,
    count(*) as edits,
    count(distinct received_at) as receipts,
    min(changed_at) as first_at,
    max(changed_at) as last_at
from paired
group by mirror, key_id, units
order by mirror, key_id, units
