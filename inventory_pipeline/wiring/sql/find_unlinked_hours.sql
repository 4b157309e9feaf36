-- grain: one hour done before an earlier one came out otherwise, and not tried since (journal)
with tried as (
    select
        subject,
        max(run_id) as run_id,
        max(case when json_extract(details, '$.changed') then run_id end) as changed_id
    from runs
    where
        kind in ('run', 'backfill')
        and state <> 'started'
    group by subject
    having sum(case when state = 'done' then 1 else 0 end) > 0
),

linked as (
    select
        subject,
        run_id,
        max(changed_id) over (
            order by subject
            rows between unbounded preceding and 1 preceding
        ) as changed_before
    from tried
)

select subject
from linked
where changed_before > run_id
order by subject
