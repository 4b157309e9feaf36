-- grain: one attempt of one run of the scheduler (journal)
-- param: run, text: the scheduler's id
select
    run_id,
    kind,
    subject,
    state,
    finished_at,
    details
from runs
where
    kind in ('run', 'backfill')
    and json_extract(details, '$.run') = $run
order by run_id
