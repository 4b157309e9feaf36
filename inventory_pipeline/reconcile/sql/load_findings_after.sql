-- grain: one problem told of after the hour
-- reads: reconcile.findings
-- param: hour_at, timestamptz
select
    kind,
    fact,
    mirror,
    key_id,
    subject
from reconcile.findings
where hour_at > $hour_at
