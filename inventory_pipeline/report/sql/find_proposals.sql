-- grain: one correction that waits for a decision or was decided since
-- reads: journal proposals
-- param: since_key, text: hour as the journal keeps instants
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
where hour_at between $since_key and $until_key
order by proposal_id
