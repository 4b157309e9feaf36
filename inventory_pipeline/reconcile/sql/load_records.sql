-- grain: one reading of a key by a system in the last hours
-- param: hour_at, since, timestamptz; fact, varchar; key_ids, integer[]
select
    batches.system,
    counts.key_id,
    counts.units,
    batches.source_at
from ingest.counts as counts
inner join ingest.batches as batches on counts.batch_id = batches.batch_id
inner join ingest.fact_names as facts on counts.fact_id = facts.fact_id
where
    batches.hour_at <= $hour_at
    and batches.hour_at >= $since
    and facts.fact = $fact
    and counts.key_id in (select unnest($key_ids))
order by batches.system, counts.key_id, batches.source_at
