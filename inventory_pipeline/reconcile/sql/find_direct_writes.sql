-- grain: one level that a system set by itself, without naming what it follows
-- param: hour_at, timestamptz
select
    batches.system,
    changes.change_id,
    changes.key_id,
    changes.fact,
    changes.units,
    changes.changed_at,
    changes.actor
from ingest.level_changes as changes
inner join ingest.batches as batches on changes.batch_id = batches.batch_id
where
    batches.hour_at = $hour_at
    and changes.operation = 'set'
    and changes.reference_id = ''
    and changes.source_at is null
order by batches.system, changes.changed_at, changes.change_id
