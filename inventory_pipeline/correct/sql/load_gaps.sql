-- grain: one open gap of the hour with a known target, why it is there, and when it was read
-- param: hour_at, timestamptz
select
    sightings.finding_id,
    sightings.mirror as system,
    sightings.sku,
    sightings.location_id,
    sightings.fact,
    sightings.owner,
    sightings.owner_units,
    sightings.observed_units as before_units,
    sightings.expected_units,
    sightings.delta_units,
    sightings.recurrence,
    sightings.opened_at,
    coalesce(verdicts.cause, '') as cause,
    coalesce(verdicts.is_proven, false) as is_proven,
    coalesce(verdicts.confidence, 0) as confidence,
    coalesce(verdicts.unexplained_units, sightings.delta_units) as unexplained_units,
    coalesce(verdicts.correction_units, 0) as correction_units,
    coalesce(verdicts.evidence, '{}') as evidence,
    coalesce(batches.fetched_at, batches.reference_at) as read_at
from reconcile.named_sightings as sightings
left join diagnose.verdicts as verdicts
    on
        sightings.hour_at = verdicts.hour_at
        and sightings.finding_id = verdicts.finding_id
left join ingest.batches as batches
    on
        sightings.mirror = batches.system
        and batches.feed = 'counts'
        and batches.hour_at = $hour_at
where
    sightings.hour_at = $hour_at
    and sightings.kind = 'gap'
    and sightings.state = 'open'
    and sightings.expected_units is not null
order by sightings.finding_id
