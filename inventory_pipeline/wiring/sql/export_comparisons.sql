-- grain: contract.comparisons
-- param: low, high, timestamptz or null
select *
from reconcile.comparisons_between(cast($low as timestamptz), cast($high as timestamptz))
