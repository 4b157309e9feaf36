-- grain: contract.handoffs: one path of the newest hour, or of each hour asked for
-- param: low, high, timestamptz or null
with newest as (select max(handoffs.hour_at) as hour_at from ledger.handoffs as handoffs)

select named.*
from ledger.named_handoffs as named
cross join newest
where
    (
        cast($low as timestamptz) is null
        and cast($high as timestamptz) is null
        and named.hour_at = newest.hour_at
    )
    or (
        coalesce(cast($low as timestamptz), cast($high as timestamptz)) is not null
        and named.hour_at >= coalesce(cast($low as timestamptz), named.hour_at)
        and named.hour_at <= coalesce(cast($high as timestamptz), named.hour_at)
    )
