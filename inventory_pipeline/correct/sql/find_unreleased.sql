-- grain: one receipt whose approvals have not been verified yet
-- reads: journal receipts
select *
from receipts
where state = 'held' and waits_for = 'approval'
order by created_at, receipt_id
