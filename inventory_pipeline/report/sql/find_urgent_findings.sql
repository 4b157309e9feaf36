-- grain: one problem, open in this hour, that people should hear of at once
-- reads: reconcile.named_sightings, diagnose.verdicts
-- param: hour_at, timestamptz: the newest hour
select
    sightings.finding_id,
    sightings.state,
    sightings.kind,
    sightings.fact,
    sightings.sku,
    sightings.location_id,
    sightings.mirror,
    sightings.subject,
    sightings.owner,
    sightings.class,
    sightings.symptom,
    sightings.severity,
    sightings.delta_units,
    sightings.owner_units,
    sightings.observed_units,
    sightings.expected_units,
    sightings.first_seen_at,
    sightings.opened_at,
    sightings.streak,
    sightings.recurrence,
    sightings.is_settled,
    sightings.money_at_risk,
    sightings.details,
    coalesce(verdicts.cause, '') as cause,
    coalesce(verdicts.sentence, '') as sentence
from reconcile.named_sightings as sightings
left join diagnose.verdicts as verdicts
    on
        sightings.hour_at = verdicts.hour_at
        and sightings.finding_id = verdicts.finding_id
where
    sightings.hour_at = $hour_at
    and sightings.state = 'open'
    and (
        sightings.severity = 'major'
        or sightings.class in ('structural', 'authority_gap', 'authority_bug')
    )
