-- grain: contract.cycles
-- param: low, high, timestamptz or null
select *
from contract.cycles
where
    (cast($low as timestamptz) is null or hour_at >= $low)
    and (cast($high as timestamptz) is null or hour_at <= $high)
