-- grain: one receipt towards a mirror, at the key it changes
-- reads: given_rows (receipt_id, reference, cause_id, is_correction, system, fact, sku, location_id, units, created_at, confirmed_at), ingest.keys
select
    given_rows.system as mirror,
    given_rows.fact,
    keys.key_id,
    given_rows.receipt_id,
    given_rows.reference,
    given_rows.cause_id,
    given_rows.is_correction,
    cast(given_rows.units as bigint) as units,
    given_rows.created_at as left_at,
    given_rows.confirmed_at as arrived_at
from given_rows
inner join ingest.keys as keys
    on
        given_rows.sku = keys.sku
        and given_rows.location_id = keys.location_id
order by given_rows.receipt_id
