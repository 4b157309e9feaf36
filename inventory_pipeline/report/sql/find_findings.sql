-- grain: one problem that was open after the check of checked_at, or cleared since start_at
-- reads: reconcile.findings, reconcile.named_sightings, diagnose.verdicts
-- param: since_at, timestamptz: how far back a problem that has moved on since is looked for
-- param: start_at, timestamptz: first hour of the day
-- param: checked_at, timestamptz: the last finished check that counts
-- True stockouts (severity none) are no disagreement and stay out.
with candidates as (
    select
        kind,
        fact,
        mirror,
        key_id,
        subject,
        hour_at
    from reconcile.findings
    where hour_at <= $checked_at
    union all
    select
        sightings.kind,
        sightings.fact,
        sightings.mirror,
        sightings.key_id,
        sightings.subject,
        sightings.hour_at
    from reconcile.sightings
    inner join reconcile.findings
        on
            sightings.kind = findings.kind
            and sightings.fact = findings.fact
            and sightings.mirror = findings.mirror
            and sightings.key_id = findings.key_id
            and sightings.subject = findings.subject
    where
        sightings.hour_at between $since_at and $checked_at
        and findings.hour_at > $checked_at
),

newest as (
    select
        kind,
        fact,
        mirror,
        key_id,
        subject,
        max(hour_at) as hour_at
    from candidates
    where kind <> 'stockout'
    group by kind, fact, mirror, key_id, subject
)

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
inner join newest
    on
        sightings.hour_at = newest.hour_at
        and sightings.kind = newest.kind
        and sightings.fact = newest.fact
        and sightings.mirror = newest.mirror
        and sightings.key_id = newest.key_id
        and sightings.subject = newest.subject
left join diagnose.verdicts as verdicts
    on
        sightings.hour_at = verdicts.hour_at
        and sightings.finding_id = verdicts.finding_id
where
    (sightings.state = 'open' and sightings.severity <> 'none')
    or (sightings.state <> 'open' and sightings.hour_at >= $start_at)
