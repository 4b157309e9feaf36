-- grain: one correction that arrived within a day
-- reads: journal receipts, proposals
-- param: start_at, end_at
select
    receipts.receipt_id,
    receipts.system,
    receipts.fact,
    receipts.sku,
    receipts.location_id,
    proposals.before_units,
    proposals.target_units,
    proposals.decided_by,
    proposals.cause
from receipts
inner join proposals on receipts.proposal_id = proposals.proposal_id
where
    receipts.state = 'confirmed'
    and receipts.confirmed_at >= $start_at
    and receipts.confirmed_at < $end_at
order by receipts.confirmed_at, receipts.receipt_id
