-- grain: one problem, open in this hour, that people should hear of at once
-- reads: reconcile.findings, ingest.keys
-- param: hour_at, timestamptz: the newest hour; a problem seen last in an older one is no news
select
    findings.kind,
    findings.fact,
    coalesce(keys.sku, '') as sku,
    coalesce(keys.location_id, '') as location_id,
    findings.mirror,
    findings.subject,
    findings.owner,
    findings.class,
    findings.symptom,
    findings.severity,
    findings.delta_units,
    findings.owner_units,
    findings.observed_units,
    findings.expected_units,
    findings.first_seen_at,
    findings.opened_at,
    findings.streak,
    findings.recurrence,
    findings.is_settled,
    findings.money_at_risk,
    findings.details,
    'F-' || substring(
        md5(
            concat_ws(
                '|',
                findings.kind,
                findings.fact,
                coalesce(keys.sku, ''),
                coalesce(keys.location_id, ''),
                findings.mirror,
                findings.subject
            )
        ),
        1,
        16
    ) as finding_id
from reconcile.findings
left join ingest.keys on findings.key_id = keys.key_id
where
    findings.hour_at = $hour_at
    and findings.state = 'open'
    and (
        findings.severity = 'major'
        or findings.class in ('structural', 'authority_gap', 'authority_bug')
    )
