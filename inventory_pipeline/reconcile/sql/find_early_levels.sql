-- grain: one change of a mirror's level that names a movement its owner had not recorded yet
-- param: hour_at, timestamptz
select
    batches.system,
    changes.change_id,
    changes.key_id,
    changes.fact,
    changes.changed_at,
    movements.kind,
    movements.movement_id,
    owners.system as owner,
    coalesce(movements.recorded_at, movements.moved_at) as recorded_at,
    movements.units
from ingest.level_changes as changes
inner join ingest.batches as batches on changes.batch_id = batches.batch_id
inner join ingest.movements as movements
    on
        changes.key_id = movements.key_id
        and (
            changes.reference_id = movements.movement_id
            or changes.reference_id = movements.reference_id
        )
inner join ingest.batches as owners on movements.batch_id = owners.batch_id
where
    batches.hour_at = $hour_at
    and owners.hour_at <= $hour_at
    and owners.system <> batches.system
    and changes.reference_id <> ''
    and changes.changed_at < coalesce(movements.recorded_at, movements.moved_at)
order by batches.system, changes.change_id, movements.movement_id
