-- grain: one row: how many receipts may be worked on, of systems that are not left alone
-- reads: journal receipts, pauses, proposals, brakes
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
            and not (receipts.state = 'created' and exists (
                select 1
                from proposals
                inner join brakes on brakes.scope in ('all', receipts.system)
                where
                    proposals.proposal_id = receipts.proposal_id
                    and proposals.decision = 'auto'
                    and brakes.released_at is null
            ))
        )
        or receipts.waits_for = 'approval'
    )
