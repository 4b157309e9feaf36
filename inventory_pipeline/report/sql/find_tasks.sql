-- grain: one count task that is not closed
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
where state <> 'closed'
order by task_id
