-- grain: one mapping that a path's events name, and when it was last changed
-- param: hour_at, since, timestamptz: events of batches after since
select
    events.path,
    events.mapping,
    max(events.mapping_changed_at) as mapping_changed_at
from ingest.middleware_events as events
inner join ingest.batches as batches on events.batch_id = batches.batch_id
where batches.hour_at <= $hour_at and batches.hour_at > $since and events.mapping <> ''
group by events.path, events.mapping
order by events.path, events.mapping
