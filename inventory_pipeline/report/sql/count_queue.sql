-- grain: one system with receipts that are not done: how many wait, since when, and for whom
-- reads: journal receipts
-- param: made_before
select
    system,
    sum(state <> 'dead') as depth,
    min(case when state <> 'dead' then created_at end) as oldest_at,
    sum(state <> 'dead' and created_at < $made_before) as stuck,
    sum(waits_for = 'person') as for_people
from receipts
where state not in ('confirmed', 'superseded')
group by system
order by system
