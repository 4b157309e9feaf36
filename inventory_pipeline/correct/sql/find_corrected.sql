-- grain: one number that was changed by us, and when last
-- reads: journal receipts
select
    system,
    fact,
    sku,
    location_id,
    max(confirmed_at) as done_at
from receipts
where state = 'confirmed' and is_owner = 0
group by system, fact, sku, location_id
