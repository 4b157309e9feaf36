-- grain: one key; absolute units of movements after $since that were known by the hour
-- Of the hour itself only the system's own are taken: which other system is read first
-- must not decide what is believed.
-- param: hour_at, since, timestamptz; system, varchar
select
    movements.key_id,
    cast(sum(abs(movements.units)) as bigint) as moved_units
from ingest.movements as movements
inner join ingest.batches as batches on movements.batch_id = batches.batch_id
where
    movements.moved_at > $since
    and (
        batches.hour_at < $hour_at
        or (batches.hour_at = $hour_at and batches.system = $system)
    )
group by movements.key_id
order by movements.key_id
