-- grain: one receipt: what has not left yet is replaced by a later number that is set. What the
-- owner does not have yet is in no number.
-- param: system, fact, sku, location_id, sequence, evidence, at
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
    and sequence < $sequence
    and state in ('created', 'held', 'dead')
    and not (operation = 'add' and waits_for = 'owner')
