-- grain: one row: what waits in the outbox, and since when
-- reads: journal receipts, proposals
-- param: made_before
select
    sum(state not in ('confirmed', 'superseded', 'dead')) as depth,
    min(case when state not in ('confirmed', 'superseded', 'dead') then created_at end)
        as oldest_at,
    sum(state not in ('confirmed', 'superseded', 'dead') and created_at < $made_before) as stuck,
    sum(waits_for = 'person') as dead,
    (
        select count(*)
        from proposals
        where proposals.shadow = 'would' and proposals.decision = 'flagged'
    ) as would
from receipts
