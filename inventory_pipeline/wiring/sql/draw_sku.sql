-- grain: the one item that is drawn, or none
-- Drawn from the active items that the owner and as many mirrors as any item has list with a
-- number: by a hash of quarter and name, so that nobody chooses and everybody gets the same.
-- reads: reconcile.tallies, ingest.counts, ingest.movements
-- param: hour_at, since, timestamptz: an item that moved after since is active
-- param: quarter, varchar
with listed as (
    select
        sku,
        count(distinct concat(mirror, '/', fact)) as mirrors,
        max(owner_units) as most_units
    from
        reconcile.comparisons_between(
            cast($hour_at as timestamptz), cast($hour_at as timestamptz)
        )
    where
        sku is not null
        and owner_units is not null
        and observed_units is not null
    group by sku
),

moved as (
    select distinct keys.sku
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    inner join ingest.keys as keys on movements.key_id = keys.key_id
    where batches.hour_at <= $hour_at and movements.moved_at > $since
),

active as (
    select
        listed.sku,
        listed.mirrors
    from listed
    left join moved on listed.sku = moved.sku
    where listed.most_units > 0 or moved.sku is not null
)

select sku
from active
where mirrors = (select max(mirrors) from active)
order by md5(concat(cast($quarter as varchar), '|', sku)), sku
limit 1
