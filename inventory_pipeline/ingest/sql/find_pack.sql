-- grain: the pack that holds one day of one system, or none
-- reads: ingest.packed_batches, ingest.batches
-- param: system, varchar; day, date
select distinct packed.pack_id
from ingest.packed_batches as packed
inner join ingest.batches as batches on packed.batch_id = batches.batch_id
where
    batches.system = $system
    and cast(batches.hour_at as date) = $day
