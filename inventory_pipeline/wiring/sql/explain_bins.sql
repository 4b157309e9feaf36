-- grain: one bin of the item as one system told it in the hour
-- param: sku, location (or null), varchar; hour_at, timestamptz
select
    batches.system,
    keys.location_id,
    bins.bin,
    facts.fact,
    bins.units
from ingest.bins as bins
inner join ingest.batches as batches on bins.batch_id = batches.batch_id
inner join ingest.fact_names as facts on bins.fact_id = facts.fact_id
inner join ingest.keys as keys on bins.key_id = keys.key_id
where
    batches.hour_at = $hour_at
    and keys.sku = $sku
    and (cast($location as varchar) is null or keys.location_id = $location)
order by batches.system, keys.location_id, bins.bin
