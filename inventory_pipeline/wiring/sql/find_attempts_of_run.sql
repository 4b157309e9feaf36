-- grain: one attempt of one scheduler's run at one hour (journal)
-- param: subject, text: the hour; run, text: the scheduler's id
select
    run_id,
    kind,
    subject,
    state,
    details
from runs
where
    subject = $subject
    and kind in ('run', 'backfill')
    and json_extract(details, '$.run') = $run
order by run_id
