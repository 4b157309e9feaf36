-- grain: the newest hour whose attempt of one kind ended well; at most one row (journal)
-- param: kind, text
select
    run_id,
    kind,
    subject,
    state,
    finished_at,
    details
from runs
where
    state = 'done'
    and kind = $kind
order by subject desc, run_id desc
limit 1
