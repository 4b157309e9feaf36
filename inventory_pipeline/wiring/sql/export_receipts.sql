-- grain: one line of the outbox (journal)
select
    receipt_id,
    system,
    sku,
    location_id,
    operation,
    units,
    key,
    state,
    attempts,
    created_at,
    confirmed_at,
    reference,
    fact,
    change_id,
    proposal_id,
    cause_id,
    before_units,
    sequence,
    generation,
    waits_for,
    due_at,
    closed_at,
    evidence,
    shown_quantity
from receipts
order by created_at, receipt_id
