-- grain: one number that a mirror shows of a wanted key in the hour
-- reads: given_rows (key_id)
-- param: hour_at, timestamptz
select
    tallies.mirror,
    tallies.fact,
    counts.key_id,
    counts.units
from reconcile.tallies as tallies
inner join ingest.counts as counts
    on tallies.batch_id = counts.batch_id and tallies.fact_id = counts.fact_id
where
    tallies.hour_at = $hour_at
    and counts.key_id in (select given_rows.key_id from given_rows)
order by tallies.mirror, tallies.fact, counts.key_id
