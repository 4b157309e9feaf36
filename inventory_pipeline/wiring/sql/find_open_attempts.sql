-- grain: one attempt at an hour that has not ended (journal)
select
    run_id,
    kind,
    subject,
    state,
    finished_at,
    details
from runs
where
    state = 'started'
    and kind in ('run', 'backfill')
order by run_id
