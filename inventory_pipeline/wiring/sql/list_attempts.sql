-- grain: one hour tried by kind since an hour: its newest attempt, and how many there were (journal)
-- param: since, text: the first hour; kind, text
select
    runs.subject,
    runs.state,
    newest.tries
from runs
inner join (
    select
        max(tried.run_id) as run_id,
        count(*) as tries
    from runs as tried
    where
        tried.kind = $kind
        and tried.subject >= $since
    group by tried.subject
) as newest
    on runs.run_id = newest.run_id
order by runs.subject
