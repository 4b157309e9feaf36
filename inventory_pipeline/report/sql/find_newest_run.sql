-- grain: at most one row: the newest attempt at an hour
-- reads: journal runs
select
    subject,
    state,
    started_at,
    error
from runs
where kind = 'run'
order by run_id desc
limit 1
