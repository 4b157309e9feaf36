-- grain: one receipt that has no answer: what its system showed in the hour, and when it was read
-- reads: given_rows (receipt_id, system, fact, sku, location_id), reconcile, ingest.batches
-- param: hour_at, timestamptz
select
    given_rows.receipt_id,
    comparisons.observed_units,
    batches.fetched_at
from given_rows
inner join
    reconcile.comparisons_between(
        cast($hour_at as timestamptz), cast($hour_at as timestamptz)
    ) as comparisons
    on
        given_rows.system = comparisons.mirror
        and given_rows.fact = comparisons.fact
        and given_rows.sku = comparisons.sku
        and given_rows.location_id = comparisons.location_id
inner join ingest.batches as batches
    on
        given_rows.system = batches.system
        and batches.feed = 'counts'
        and batches.hour_at = $hour_at
where batches.status = 'complete'
order by given_rows.receipt_id
