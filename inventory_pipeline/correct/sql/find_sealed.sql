-- grain: one receipt that is not over, and its seal in the link that tells of its change
-- reads: journal receipts, audit
select
    receipts.*,
    json_extract(audit.details, '$.receipts."' || receipts.receipt_id || '"') as seal
from receipts
left join audit
    on
        receipts.change_id = audit.subject
        and audit.kind = 'change'
where receipts.state in ('created', 'leased', 'sent', 'uncertain', 'held')
order by receipts.receipt_id
