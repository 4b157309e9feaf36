-- grain: one receipt that was sent and is due to be looked at, with the request it was in
-- reads: journal receipts, dispatches
-- param: system, now
select
    receipts.*,
    dispatches.key as dispatch_key,
    dispatches.body,
    dispatches.lines,
    dispatches.first_sent_at,
    dispatches.last_sent_at,
    dispatches.sendings,
    dispatches.is_spent
from receipts
inner join dispatches on receipts.dispatch_id = dispatches.dispatch_id
where
    receipts.system = $system
    and receipts.state in ('sent', 'uncertain')
    and receipts.waits_for = ''
    and receipts.due_at <= $now
order by receipts.dispatch_id, receipts.created_at, receipts.receipt_id
