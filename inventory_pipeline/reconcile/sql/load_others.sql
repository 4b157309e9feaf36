-- grain: one system that gives no counts in the hour: complete, or how its worst feed is
-- param: hour_at, timestamptz
select
    system,
    case
        when bool_and(status = 'complete') then 'complete'
        else max(status) filter (where status <> 'complete')
    end as status
from ingest.batches
where hour_at = $hour_at
group by system
having bool_and(feed <> 'counts')
order by system
