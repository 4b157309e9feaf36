-- grain: one change of a mirror's own log as one batch told it, with what it speaks of: a row that
-- names a message of the middleware speaks of what that message is about
create view ingest.named_changes as
with abouts as (
    select
        event_id,
        max(reference_id) as reference_id
    from ingest.middleware_events
    where reference_id <> ''
    group by event_id
)

select
    batches.system,
    batches.hour_at,
    changes.change_id,
    changes.key_id,
    changes.fact,
    changes.operation,
    changes.units,
    changes.changed_at,
    coalesce(abouts.reference_id, changes.reference_id) as reference_id,
    changes.actor,
    changes.source_at,
    changes.sequence
from ingest.level_changes as changes
inner join ingest.batches as batches on changes.batch_id = batches.batch_id
left join abouts on changes.reference_id = abouts.event_id;
