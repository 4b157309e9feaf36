-- grain: one bin of the item as the owner told it in its newest whole reading
-- param: system, sku, location, fact, varchar
with newest as (
    select
        batch_id,
        hour_at
    from ingest.batches
    where system = $system and feed = 'counts' and status = 'complete'
    order by hour_at desc
    limit 1
)

select
    bins.bin,
    bins.units,
    newest.hour_at
from ingest.bins as bins
inner join newest on bins.batch_id = newest.batch_id
inner join ingest.fact_names as facts on bins.fact_id = facts.fact_id
inner join ingest.keys as keys on bins.key_id = keys.key_id
where
    keys.sku = $sku
    and keys.location_id = $location
    and facts.fact = $fact
order by bins.bin
