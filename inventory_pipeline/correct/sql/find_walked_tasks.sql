-- grain: one task that was counted, or asks for a number to be set by hand, and is not closed
-- reads: journal tasks, changes, receipts
select
    tasks.*,
    changes.owner_at,
    receipts.state as owner_state
from tasks
left join changes on tasks.change_id = changes.change_id
left join receipts
    on
        tasks.change_id = receipts.change_id
        and receipts.is_owner = 1
where
    tasks.state in ('counted', 'corrected')
    or (tasks.kind = 'set' and tasks.state = 'open')
order by tasks.task_id
