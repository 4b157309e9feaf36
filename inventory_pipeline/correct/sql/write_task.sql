-- grain: one count task; what was asked before is not asked again, nor a bin of an item that
-- somebody is still asked to count: a gap that comes back is one walk, not two
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
select
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
where
    not exists (
        select 1
        from tasks
        where
            tasks.location_id = $location_id
            and tasks.bin = $bin
            and tasks.sku = $sku
            and tasks.kind = 'count'
            and tasks.state in ('open', 'assigned')
    )
on conflict (task_id) do nothing
