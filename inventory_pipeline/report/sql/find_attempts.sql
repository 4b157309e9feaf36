-- grain: one hour that was tried; its newest attempt
-- reads: journal runs
-- param: start_key, text: first hour as 2026-04-06T10:00Z
-- param: end_key, text: last hour, included
select
    subject,
    state,
    started_at,
    error
from runs
where
    kind in ('run', 'backfill')
    and subject between $start_key and $end_key
order by run_id
