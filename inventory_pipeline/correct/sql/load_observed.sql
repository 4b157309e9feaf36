-- grain: one receipt that has no answer: what its system showed in the hour, and when it was read
-- reads: given_rows (receipt_id, system, fact, sku, location_id), reconcile, ingest.batches
-- param: hour_at, timestamptz
with shown as (
    select
        mirror as system,
        fact,
        sku,
        location_id,
        observed_units
    from
        reconcile.comparisons_between(
            cast($hour_at as timestamptz), cast($hour_at as timestamptz)
        )
    union all
    select
        owner as system,
        fact,
        sku,
        location_id,
        owner_units as observed_units
    from reconcile.owned_between(
        cast($hour_at as timestamptz), cast($hour_at as timestamptz)
    )
)

select
    given_rows.receipt_id,
    shown.observed_units,
    batches.fetched_at
from given_rows
inner join shown
    on
        given_rows.system = shown.system
        and given_rows.fact = shown.fact
        and given_rows.sku = shown.sku
        and given_rows.location_id = shown.location_id
inner join ingest.batches as batches
    on
        given_rows.system = batches.system
        and batches.feed = 'counts'
        and batches.hour_at = $hour_at
where batches.status = 'complete'
order by given_rows.receipt_id
