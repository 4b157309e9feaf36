-- grain: one number that was set and not confirmed, and when it was last sent
-- reads: journal receipts, dispatches
select
    receipts.*,
    dispatches.last_sent_at
from receipts
inner join dispatches on receipts.dispatch_id = dispatches.dispatch_id
where
    receipts.state in ('sent', 'uncertain')
    and receipts.operation = 'set'
    and dispatches.last_sent_at is not null
order by receipts.receipt_id
