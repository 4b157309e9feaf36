-- grain: one key that moved in the window
-- param: hour_at, since, timestamptz
select distinct movements.key_id
from ingest.movements as movements
inner join ingest.batches as batches on movements.batch_id = batches.batch_id
where batches.hour_at <= $hour_at and movements.moved_at > $since
order by movements.key_id
