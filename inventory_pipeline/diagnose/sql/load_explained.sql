-- grain: one comparison of the hour whose gap is explained and therefore no finding
-- param: hour_at, timestamptz
select
    reconcile.finding_id('gap', exceptions.fact, keys.sku, keys.location_id, exceptions.mirror, '') as finding_id,
    exceptions.fact,
    exceptions.mirror,
    exceptions.key_id,
    keys.sku,
    keys.location_id,
    exceptions.status,
    exceptions.in_flight_units,
    exceptions.lag_units
from reconcile.exceptions as exceptions
inner join ingest.keys as keys on exceptions.key_id = keys.key_id
where exceptions.hour_at = $hour_at and exceptions.status in ('in_flight', 'lag')
order by finding_id
