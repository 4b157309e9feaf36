-- grain: one receipt that may leave: due, the first of its key that is not over, and, where
-- nobody but the assistant wanted it, not held by a brake; of those made at once every key has
-- its first turn before another has its second
-- reads: journal receipts, proposals, brakes
-- param: system, now, at_most
-- The plus keeps SQLite from sorting all that is due: it walks receipts_waiting from its front.
select *
from receipts
where
    system = $system
    and state = 'created'
    and +due_at <= $now
    and not exists (
        select 1
        from receipts as earlier
        where
            earlier.system = receipts.system
            and earlier.fact = receipts.fact
            and earlier.sku = receipts.sku
            and earlier.location_id = receipts.location_id
            and earlier.sequence < receipts.sequence
            and earlier.state not in ('confirmed', 'superseded')
    )
    and not exists (
        select 1
        from proposals
        inner join brakes on brakes.scope in ('all', receipts.system)
        where
            proposals.proposal_id = receipts.proposal_id
            and proposals.decision = 'auto'
            and brakes.released_at is null
    )
order by created_at, sequence, rowid
limit $at_most
