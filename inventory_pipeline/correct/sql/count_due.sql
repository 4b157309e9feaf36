-- grain: one row: how many receipts may be worked on, of systems that are not left alone
-- reads: journal receipts, pauses
-- param: now
select count(*) as due
from receipts
left join pauses
    on
        receipts.system = pauses.system
        and pauses.until_at > $now
where
    pauses.system is null
    and (
        (
            receipts.state in ('created', 'leased', 'sent', 'uncertain')
            and receipts.waits_for = ''
            and receipts.due_at <= $now
        )
        or receipts.waits_for = 'approval'
    )
