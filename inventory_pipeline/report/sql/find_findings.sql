-- grain: one problem that was open after the check of checked_at, or cleared since start_at
-- reads: reconcile.findings, reconcile.sightings, ingest.keys
-- param: since_at, timestamptz: how far back a problem that has moved on since is looked for
-- param: start_at, timestamptz: first hour of the day
-- param: checked_at, timestamptz: the last finished check that counts
with candidates as (
    select *
    from reconcile.findings
    where hour_at <= $checked_at
    union all
    select sightings.*
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
        *,
        row_number() over (
            partition by kind, fact, mirror, key_id, subject
            order by hour_at desc
        ) as place
    from candidates
)

select
    newest.hour_at,
    newest.state,
    newest.kind,
    newest.fact,
    coalesce(keys.sku, '') as sku,
    coalesce(keys.location_id, '') as location_id,
    newest.mirror,
    newest.subject,
    newest.owner,
    newest.class,
    newest.symptom,
    newest.severity,
    newest.delta_units,
    newest.owner_units,
    newest.observed_units,
    newest.expected_units,
    newest.first_seen_at,
    newest.opened_at,
    newest.streak,
    newest.recurrence,
    newest.is_settled,
    newest.money_at_risk,
    newest.details,
    'F-' || substring(
        md5(
            concat_ws(
                '|',
                newest.kind,
                newest.fact,
                coalesce(keys.sku, ''),
                coalesce(keys.location_id, ''),
                newest.mirror,
                newest.subject
            )
        ),
        1,
        16
    ) as finding_id
from newest
left join ingest.keys on newest.key_id = keys.key_id
where
    newest.place = 1
    and (newest.state = 'open' or newest.hour_at >= $start_at)
