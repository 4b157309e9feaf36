-- grain: one path whose runs a log tells of; instants are null where no run of the kind was told
-- param: hour_at, since, timestamptz: runs started after since
with told as (
    select distinct
        syncs.path,
        syncs.started_at,
        syncs.finished_at,
        lower(syncs.status) in (
            'ok', 'success', 'succeeded', 'done', 'complete', 'completed', 'finished', 'processed'
        ) as is_good
    from ingest.syncs as syncs
    inner join ingest.batches as batches on syncs.batch_id = batches.batch_id
    where batches.hour_at <= $hour_at and syncs.started_at > $since
)

select
    path,
    count(distinct started_at) as runs,
    count(distinct started_at) filter (where is_good) as good_runs,
    max(finished_at) filter (where is_good) as last_success_at,
    max(started_at) as newest_at
from told
group by path
order by path
