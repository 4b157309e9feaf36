-- grain: one receipt, settled by another than who delivers: over, or to be sent anew
-- writes: journal receipts
-- param: receipt_id, state, is_new, at, key, evidence
update receipts
set
    state = $state,
    waits_for = '',
    generation = generation + $is_new,
    key = $key,
    dispatch_id = case when $is_new = 1 then null else dispatch_id end,
    sent_operation = case when $is_new = 1 then operation else sent_operation end,
    sent_quantity = case when $is_new = 1 then quantity else sent_quantity end,
    due_at = $at,
    confirmed_at = case when $state = 'confirmed' then $at end,
    closed_at = case when $state = 'created' then null else $at end,
    evidence = $evidence
where receipt_id = $receipt_id
