-- grain: one receipt: what becomes of one
-- param: receipt_id, state, waits_for, generation, key, is_new, due_at, confirmed_at, closed_at,
-- evidence
update receipts
set
    state = $state,
    waits_for = $waits_for,
    generation = $generation,
    key = $key,
    dispatch_id = case when $is_new = 1 then null else dispatch_id end,
    sent_operation = case when $is_new = 1 then operation else sent_operation end,
    sent_quantity = case when $is_new = 1 then quantity else sent_quantity end,
    due_at = $due_at,
    confirmed_at = $confirmed_at,
    closed_at = $closed_at,
    evidence = $evidence
where
    receipt_id = $receipt_id
    and state not in ('confirmed', 'superseded', 'dead')
