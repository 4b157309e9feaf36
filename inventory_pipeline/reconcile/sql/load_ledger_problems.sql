-- grain: one problem that the ledger found in the hour
-- param: hour_at, timestamptz
select
    kind,
    fact,
    mirror,
    key_id,
    subject,
    owner,
    class,
    severity,
    delta_units,
    owner_units,
    observed_units,
    expected_units,
    details
from ledger.problems
where hour_at = $hour_at
order by kind, mirror, key_id, subject
