-- grain: one receipt that goes out once more, as what it always was, for a proposal
-- writes: journal receipts
-- param: receipt_id, proposal_id, state, waits_for, key, at, evidence
update receipts
set
    state = $state,
    waits_for = $waits_for,
    proposal_id = $proposal_id,
    generation = generation + 1,
    key = $key,
    dispatch_id = null,
    sent_operation = operation,
    sent_quantity = quantity,
    due_at = $at,
    closed_at = null,
    evidence = $evidence
where receipt_id = $receipt_id
