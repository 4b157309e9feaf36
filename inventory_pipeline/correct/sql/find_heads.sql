-- grain: one receipt that may leave: due, and the first of its key that is not over; of those
-- made at once every key has its first turn before another has its second
-- reads: journal receipts
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
order by created_at, sequence, receipt_id
limit $at_most
