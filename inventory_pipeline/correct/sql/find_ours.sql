-- grain: one receipt towards a mirror: what it changes there, when it was made, when confirmed
-- reads: journal receipts, changes
-- param: since
select
    receipts.receipt_id,
    receipts.reference,
    changes.kind in ('fix', 'manual') as is_correction,
    case receipts.cause_id when '' then changes.source else receipts.cause_id end as cause_id,
    receipts.system,
    receipts.fact,
    receipts.sku,
    receipts.location_id,
    receipts.created_at,
    receipts.confirmed_at,
    case receipts.operation
        when 'add' then receipts.units else receipts.units - receipts.before_units
    end as units
from receipts
inner join changes on receipts.change_id = changes.change_id
where
    receipts.is_owner = 0
    and coalesce(receipts.confirmed_at, receipts.created_at) > $since
    and (receipts.operation = 'add' or receipts.before_units is not null)
order by receipts.receipt_id
