-- grain: one receipt that was not over at a moment: its signed change, and from when to when
-- reads: journal receipts
-- param: since
select
    system,
    fact,
    sku,
    location_id,
    created_at,
    closed_at,
    case operation when 'add' then units else units - before_units end as units
from receipts
where
    is_owner = 0
    and (closed_at is null or closed_at > $since)
    and (operation = 'add' or before_units is not null)
order by receipt_id
