-- grain: one count task; what was asked before is not asked again
-- writes: journal tasks
-- param: task_id, finding_id, created_at, location_id, bin, sku, system, state, recorded_units,
-- expected_loss, reason
insert into tasks (
    task_id,
    finding_id,
    created_at,
    location_id,
    bin,
    sku,
    system,
    state,
    recorded_units,
    expected_loss,
    reason
)
values (
    $task_id,
    $finding_id,
    $created_at,
    $location_id,
    $bin,
    $sku,
    $system,
    $state,
    $recorded_units,
    $expected_loss,
    $reason
)
on conflict (task_id) do nothing
