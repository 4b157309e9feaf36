-- grain: one change in a mirror's own log of a wanted key, told once
-- reads: given_rows (mirror, fact, key_id)
-- param: hour_at, since, timestamptz
with abouts as (
    select
        event_id,
        max(reference_id) as reference_id
    from ingest.middleware_events
    where reference_id <> ''
    group by event_id
)

select
    batches.system as mirror,
    changes.fact,
    changes.key_id,
    changes.change_id,
    changes.operation,
    changes.units,
    changes.changed_at,
    -- a row that names a message of the middleware speaks of what that message is about
    coalesce(abouts.reference_id, changes.reference_id) as reference_id,
    changes.actor,
    changes.source_at,
    changes.sequence
from ingest.level_changes as changes
inner join ingest.batches as batches on changes.batch_id = batches.batch_id
left join abouts on changes.reference_id = abouts.event_id
where
    batches.hour_at <= $hour_at
    and changes.changed_at > $since
    and changes.key_id in (select given_rows.key_id from given_rows)
qualify
    row_number() over (
        partition by batches.system, changes.change_id
        order by batches.hour_at
    ) = 1
order by mirror, changes.fact, changes.key_id, changes.changed_at, changes.sequence, changes.change_id
