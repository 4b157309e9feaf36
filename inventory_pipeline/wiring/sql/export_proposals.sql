-- grain: one proposed correction (journal)
select
    proposal_id,
    finding_id,
    system,
    sku,
    location_id,
    fact,
    before_units,
    target_units,
    decision,
    decided_by,
    reason,
    hour_at,
    cause,
    evidence,
    shadow,
    judged,
    digest,
    receipt_id
from proposals
order by proposal_id
