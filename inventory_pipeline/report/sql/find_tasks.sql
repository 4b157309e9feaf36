-- grain: one count task
-- reads: journal tasks
select
    task_id,
    finding_id,
    location_id,
    bin,
    sku,
    state,
    recorded_units,
    reason
from tasks
where created_at <= $until_key
order by task_id
