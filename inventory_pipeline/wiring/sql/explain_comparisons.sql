-- grain: contract.comparisons of one item in one hour, with the age of the mirror's number
-- param: sku, location (or null), varchar; hour_at, timestamptz
select
    comparisons.*,
    snapshots.source_at,
    snapshots.status as source_status
from
    reconcile.comparisons_between(
        cast($hour_at as timestamptz), cast($hour_at as timestamptz)
    ) as comparisons
left join contract.snapshots as snapshots
    on
        comparisons.hour_at = snapshots.hour_at
        and comparisons.mirror = snapshots.system
        and snapshots.feed = 'counts'
where
    comparisons.sku = $sku
    and (cast($location as varchar) is null or comparisons.location_id = $location)
order by comparisons.location_id, comparisons.fact, comparisons.mirror
