-- grain: one severity of the problems that are open now
-- reads: reconcile.findings
select
    severity,
    cast(count(*) as bigint) as findings
from reconcile.findings
where state = 'open'
group by severity
