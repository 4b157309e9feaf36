-- grain: one count task (journal)
select
    task_id,
    location_id,
    bin,
    sku,
    state,
    recorded_units,
    counted_units,
    counted_by,
    reason,
    finding_id,
    created_at,
    kind,
    fact,
    system,
    expected_loss,
    assigned_to,
    as_of,
    code,
    counted_at,
    verified_at,
    closed_at
from tasks
order by task_id
