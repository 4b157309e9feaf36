-- grain: one row: comparisons of one hour whose components do not add up to the raw gap
-- reads: reconcile.exceptions
-- param: hour_at, timestamptz
select count(*) as broken
from reconcile.exceptions
where
    hour_at = $hour_at
    and raw_delta_units <> in_flight_units + lag_units + delta_units
