-- grain: one system: how many receipts are not over, and since when the oldest waits
-- reads: journal receipts
select
    system,
    count(*) as depth,
    min(created_at) as oldest_at
from receipts
where state not in ('confirmed', 'superseded', 'dead')
group by system
order by system
