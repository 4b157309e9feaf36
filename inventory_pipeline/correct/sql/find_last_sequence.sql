-- grain: one row: the last number given out for one key, 0 before the first
-- reads: journal receipts
-- param: system, fact, sku, location_id
select coalesce(max(sequence), 0) as sequence
from receipts
where
    system = $system
    and fact = $fact
    and sku = $sku
    and location_id = $location_id
