-- grain: one number of one item that was on its way to a mirror when the mirror was read, what had
-- left by then apart: that may be there already
-- reads: given_rows (system, fact, sku, location_id, units, created_at, closed_at, first_sent_at), ingest.batches, ingest.keys
-- param: hour_at, timestamptz
select
    given_rows.system as mirror,
    given_rows.fact,
    keys.key_id,
    cast(sum(given_rows.units) as bigint) as pending_units,
    coalesce(
        given_rows.first_sent_at <= coalesce(batches.source_at, batches.reference_at), false
    ) as is_sent
from given_rows
inner join ingest.keys as keys
    on
        given_rows.sku = keys.sku
        and given_rows.location_id = keys.location_id
inner join ingest.batches as batches
    on
        given_rows.system = batches.system
        and batches.feed = 'counts'
        and batches.hour_at = $hour_at
where
    given_rows.created_at <= coalesce(batches.source_at, batches.reference_at)
    and (
        given_rows.closed_at is null
        or given_rows.closed_at > coalesce(batches.source_at, batches.reference_at)
    )
group by given_rows.system, given_rows.fact, keys.key_id, is_sent
order by given_rows.system, given_rows.fact, keys.key_id, is_sent
