-- grain: one problem; its newest sighting before the hour (slow; for hours run again)
-- param: hour_at, timestamptz
select *
from reconcile.sightings
where hour_at < $hour_at
qualify
    row_number() over (
        partition by kind, fact, mirror, key_id, subject
        order by hour_at desc
    ) = 1
order by kind, fact, mirror, key_id, subject
