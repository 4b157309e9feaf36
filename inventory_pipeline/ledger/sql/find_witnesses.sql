-- grain: one path whose target tells of what the source told before it, of the newest hundred
-- reads: given_rows (path, target, system, kind)
-- param: hour_at, since, timestamptz
with told as (
    select
        wanted.path,
        wanted.system,
        wanted.target,
        movements.key_id,
        movements.movement_id,
        movements.reference_id,
        coalesce(movements.recorded_at, movements.moved_at) as in_force_at
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    inner join given_rows as wanted
        on batches.system = wanted.system and movements.kind = wanted.kind
    where batches.hour_at <= $hour_at and movements.moved_at > $since
    qualify
        row_number() over (
            partition by wanted.path, wanted.system, wanted.target
            order by movements.moved_at desc, movements.movement_id asc
        ) <= 100
),

names as (
    select
        path,
        system,
        target,
        key_id,
        in_force_at,
        movement_id as name
    from told
    union all
    select
        path,
        system,
        target,
        key_id,
        in_force_at,
        reference_id as name
    from told
    where reference_id <> ''
),

heard as (
    select
        batches.system,
        movements.key_id,
        movements.reference_id as name,
        coalesce(movements.recorded_at, movements.moved_at) as in_force_at
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where batches.hour_at <= $hour_at and movements.moved_at > $since
    union all
    select
        batches.system,
        changes.key_id,
        changes.reference_id as name,
        changes.changed_at as in_force_at
    from ingest.level_changes as changes
    inner join ingest.batches as batches on changes.batch_id = batches.batch_id
    where batches.hour_at <= $hour_at and changes.changed_at > $since
)

select
    names.path,
    names.system as source,
    names.target,
    count(*) as witnesses,
    max(heard.in_force_at) as newest_at
from names
inner join heard
    on
        names.target = heard.system
        and names.key_id = heard.key_id
        and names.name = heard.name
        and names.in_force_at <= heard.in_force_at
group by names.path, names.system, names.target
order by names.path, names.system, names.target
