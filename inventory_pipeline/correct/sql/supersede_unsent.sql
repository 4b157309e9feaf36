-- grain: one receipt: what has not left yet is replaced by a number that is set
-- param: system, fact, sku, location_id, evidence, at
update receipts
set
    state = 'superseded',
    waits_for = '',
    evidence = $evidence,
    closed_at = $at
where
    system = $system
    and fact = $fact
    and sku = $sku
    and location_id = $location_id
    and state in ('created', 'held', 'dead')
