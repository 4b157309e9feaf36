-- grain: contract.facts
-- param: low, high, timestamptz or null
select
    hour_at,
    fact,
    sku,
    location_id,
    owner,
    owner_units,
    source_at
from reconcile.owned_between(cast($low as timestamptz), cast($high as timestamptz))
