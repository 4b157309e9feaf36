-- grain: one (batch, fact) of the hour that holds a number or a word
-- param: hour_at, timestamptz
select
    held.batch_id,
    held.fact_id,
    facts.fact
from ingest.batch_facts as held
inner join ingest.fact_names as facts on held.fact_id = facts.fact_id
inner join ingest.batches as batches on held.batch_id = batches.batch_id
where batches.hour_at = $hour_at and batches.feed = 'counts'
order by held.batch_id, held.fact_id
