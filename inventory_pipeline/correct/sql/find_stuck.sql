-- grain: one system: receipts that waited too long at a moment, or that a person must settle
-- reads: journal receipts
-- param: at, made_before
select
    system,
    count(*) as receipts,
    min(created_at) as oldest_at,
    sum(waits_for = 'person') as for_people
from receipts
where
    created_at < $made_before
    and state <> 'superseded'
    and (closed_at is null or closed_at > $at or waits_for = 'person')
group by system
order by system
