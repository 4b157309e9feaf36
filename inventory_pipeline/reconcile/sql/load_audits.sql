-- grain: one owner whose levels were held against its own movements in the hour
-- param: hour_at, timestamptz
select system
from ledger.audits
where hour_at = $hour_at
order by system
