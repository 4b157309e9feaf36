-- grain: one system: what became of its counts in the hour, and how many were whole until then
-- param: hour_at, timestamptz
select
    system,
    max(case when hour_at = $hour_at then status end) as state,
    count(*) filter (where status = 'complete') as runs
from ingest.batches
where feed = 'counts' and hour_at <= $hour_at
group by system
order by system
