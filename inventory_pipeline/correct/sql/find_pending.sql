-- grain: one receipt that was not over at a moment: its signed change, from when to when, and when
-- it first left; none: it has not
-- reads: journal receipts, dispatches
-- param: since
select
    receipts.system,
    receipts.fact,
    receipts.sku,
    receipts.location_id,
    receipts.created_at,
    receipts.closed_at,
    dispatches.first_sent_at,
    case receipts.operation
        when 'add' then receipts.units else receipts.units - receipts.before_units
    end as units
from receipts
left join dispatches on receipts.dispatch_id = dispatches.dispatch_id
where
    receipts.is_owner = 0
    and (receipts.closed_at is null or receipts.closed_at > $since)
    and (receipts.operation = 'add' or receipts.before_units is not null)
order by receipts.receipt_id
