-- grain: one correction that waits for a decision or has one; what was replaced stays out
-- reads: journal proposals
select
    proposal_id,
    finding_id,
    system,
    sku,
    location_id,
    target_units,
    decision,
    reason
from proposals
where decision <> 'superseded'
order by proposal_id
