-- grain: one receipt of a movement that its receiver refused, with nothing after it of its key
-- reads: journal receipts
-- param: system, fact, sku, location_id, cause_id, units
select *
from receipts
where
    system = $system
    and fact = $fact
    and sku = $sku
    and location_id = $location_id
    and cause_id = $cause_id
    and operation = 'add'
    and units = $units
    and state = 'dead'
    and proposal_id = ''
    and not exists (
        select 1
        from receipts as later
        where
            later.system = receipts.system
            and later.fact = receipts.fact
            and later.sku = receipts.sku
            and later.location_id = receipts.location_id
            and later.sequence > receipts.sequence
            and later.state <> 'superseded'
    )
order by sequence desc
limit 1
