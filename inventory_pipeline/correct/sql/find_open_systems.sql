-- grain: one system with receipts that are not over, the longest waiting first
-- reads: journal receipts
-- The states are listed so that receipts_state alone answers, whatever else is long over.
select
    system,
    min(created_at) as oldest_at
from receipts
where state in ('created', 'leased', 'sent', 'uncertain', 'held')
group by system
order by oldest_at, system
