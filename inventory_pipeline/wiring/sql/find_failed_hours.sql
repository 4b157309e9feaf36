-- grain: one hour whose newest attempt failed (journal)
select
    runs.subject,
    runs.error
from runs
inner join (
    select
        subject,
        max(run_id) as run_id
    from runs
    where kind in ('run', 'backfill')
    group by subject
) as newest
    on runs.run_id = newest.run_id
where runs.state = 'failed'
order by runs.subject
