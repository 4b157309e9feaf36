-- grain: one row: majors that opened after the day and are still open
-- reads: reconcile.findings
-- param: end_at, timestamptz: last hour of the day
-- param: until_at, timestamptz: last hour that counts
select cast(count(*) as bigint) as opened
from reconcile.findings
where
    severity = 'major'
    and state = 'open'
    and opened_at > $end_at
    and opened_at <= $until_at
