-- grain: one system with receipts that are not over, the longest waiting first
-- reads: journal receipts
select
    system,
    min(created_at) as oldest_at
from receipts
where state not in ('confirmed', 'superseded', 'dead')
group by system
order by oldest_at, system
