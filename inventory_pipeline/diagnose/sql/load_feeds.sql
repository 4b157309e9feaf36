-- grain: one feed of one system that spoke within the window, and in how many hours it did not
-- param: hour_at, since, timestamptz
select
    system,
    feed,
    count(*) filter (where status in ('complete', 'late')) as heard_hours,
    count(*) filter (where status not in ('complete', 'late')) as silent_hours
from ingest.batches
where hour_at > $since and hour_at <= $hour_at
group by system, feed
order by system, feed
