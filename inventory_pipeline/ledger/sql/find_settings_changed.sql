-- grain: one setting of a system that was changed in the window, as it stands since
-- param: hour_at, since, timestamptz: changes after since
select
    changes.system,
    changes.kind,
    changes.subject,
    changes.before,
    changes.after,
    changes.changed_at,
    changes.actor
from ingest.config_changes as changes
inner join ingest.batches as batches on changes.batch_id = batches.batch_id
where batches.hour_at <= $hour_at and changes.changed_at > $since
qualify
    row_number() over (
        partition by changes.system, changes.kind, changes.subject
        order by changes.changed_at desc, changes.after desc
    ) = 1
order by changes.system, changes.kind, changes.subject
