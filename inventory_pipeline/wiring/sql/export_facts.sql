-- grain: contract.facts
-- param: low, high, timestamptz or null
select *
from contract.facts
where
    (cast($low as timestamptz) is null or hour_at >= $low)
    and (cast($high as timestamptz) is null or hour_at <= $high)
