-- grain: contract.diagnoses
-- param: low, high, timestamptz or null
select *
from contract.diagnoses
where
    (cast($low as timestamptz) is null or hour_at >= $low)
    and (cast($high as timestamptz) is null or hour_at <= $high)
