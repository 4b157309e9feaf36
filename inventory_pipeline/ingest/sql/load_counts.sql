-- grain: one reading of a batch that says what is there, as stored: by fact and key
-- Commitments are left out: they come and go with every parcel.
-- param: batch_id, integer
select
    counts.fact_id,
    counts.key_id,
    counts.units
from ingest.counts as counts
inner join ingest.fact_names as facts on counts.fact_id = facts.fact_id
where counts.batch_id = $batch_id and facts.fact <> 'committed'
