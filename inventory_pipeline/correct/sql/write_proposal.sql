-- grain: one proposal, new or said in other words; what somebody decided stays as it is
-- writes: journal proposals
-- param: proposal_id, finding_id, hour_at, system, sku, location_id, fact, before_units,
-- target_units, decision, reason, cause, evidence, digest, shadow
insert into proposals (
    proposal_id,
    finding_id,
    hour_at,
    system,
    sku,
    location_id,
    fact,
    before_units,
    target_units,
    decision,
    reason,
    cause,
    evidence,
    digest,
    shadow
)
values (
    $proposal_id,
    $finding_id,
    $hour_at,
    $system,
    $sku,
    $location_id,
    $fact,
    $before_units,
    $target_units,
    $decision,
    $reason,
    $cause,
    $evidence,
    $digest,
    $shadow
)
on conflict (proposal_id) do update
    set
        decision = excluded.decision,
        reason = excluded.reason,
        cause = excluded.cause,
        evidence = excluded.evidence,
        shadow = excluded.shadow
    where proposals.decision in ('flagged', 'suspended', 'superseded')
