-- grain: one day of one system that ended by $before and holds a batch that is not packed
-- reads: ingest.batches, ingest.packed_batches
-- param: before, timestamptz
select
    batches.system,
    cast(batches.hour_at as date) as day
from ingest.batches as batches
left join ingest.packed_batches as packed on batches.batch_id = packed.batch_id
where
    batches.feed = 'counts'
    and batches.hour_at < $before
group by batches.system, cast(batches.hour_at as date)
having count(packed.batch_id) = 0 and sum(batches.key_count) > 0
order by day, batches.system
