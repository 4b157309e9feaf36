-- grain: one bin of one item as its owner told it in the hour
-- param: hour_at, timestamptz; owners, varchar[]; fact, varchar
select
    keys.sku,
    keys.location_id,
    bins.bin,
    bins.units
from ingest.bins as bins
inner join ingest.batches as batches on bins.batch_id = batches.batch_id
inner join ingest.fact_names as facts on bins.fact_id = facts.fact_id
inner join ingest.keys as keys on bins.key_id = keys.key_id
where
    batches.hour_at = $hour_at
    and facts.fact = $fact
    and batches.system in (select unnest($owners))
order by keys.sku, keys.location_id, bins.bin
