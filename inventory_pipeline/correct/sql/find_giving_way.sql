-- grain: one receipt that a brake holds and that something waits behind which no brake holds
-- reads: journal receipts, proposals, brakes
-- param: system
select receipts.*
from receipts
inner join proposals on receipts.proposal_id = proposals.proposal_id
where
    receipts.system = $system
    and receipts.state = 'created'
    -- units that were told are never given up; a number that was to be set is found again
    and receipts.operation = 'set'
    and proposals.decision = 'auto'
    and exists (
        select 1
        from brakes
        where brakes.released_at is null and brakes.scope in ('all', $system)
    )
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
    and exists (
        select 1
        from receipts as later
        left join proposals as wanted on later.proposal_id = wanted.proposal_id
        where
            later.system = receipts.system
            and later.fact = receipts.fact
            and later.sku = receipts.sku
            and later.location_id = receipts.location_id
            and later.sequence > receipts.sequence
            and later.state = 'created'
            and coalesce(wanted.decision, '') <> 'auto'
    )
