-- The product's outside, as views: names and columns of the contract.

-- grain: one sku that the catalogue puts in a class (for scopes by class)
create table ingest.sku_classes (
    sku_id integer not null,
    abc_class varchar not null
);

-- the same problem has the same id for ever; reconcile.findings computes the same in Python
create macro reconcile.finding_id(kind, fact, sku, location_id, mirror, subject) as concat(
    'F-',
    substr(
        md5(
            concat_ws(
                '|', kind, fact, coalesce(sku, ''), coalesce(location_id, ''), mirror, subject
            )
        ),
        1,
        16
    )
);

create view contract.snapshots as
select
    hour_at,
    system,
    feed,
    status,
    reason,
    row_count as rows,
    key_count as keys,
    source_at,
    fetched_at,
    reference_at,
    digest
from ingest.batches;

create view contract.quarantine as
select
    batches.hour_at,
    batches.system,
    batches.feed,
    held.row_number as row,
    held.reason,
    held.raw
from ingest.quarantine as held
inner join ingest.batches as batches on held.batch_id = batches.batch_id;

-- grain: one key and the owner of one fact there
create view reconcile.owned_counts as
select
    rulings.hour_at,
    rulings.fact,
    rulings.owner,
    counts.key_id,
    keys.sku,
    keys.location_id,
    counts.units as owner_units,
    batches.source_at - to_seconds(counts.age_seconds) as source_at
from reconcile.rulings as rulings
inner join ingest.batches as batches on rulings.batch_id = batches.batch_id
inner join ingest.counts as counts
    on rulings.batch_id = counts.batch_id and rulings.fact_id = counts.fact_id
inner join ingest.keys as keys on counts.key_id = keys.key_id
left join ingest.sku_classes as classes on keys.sku_id = classes.sku_id
where
    (rulings.location_id is null or rulings.location_id = keys.location_id)
    and (rulings.abc_class is null or rulings.abc_class = classes.abc_class)
    and (
        rulings.location_id is not null
        or rulings.abc_class is not null
        or not exists (
            select 1
            from reconcile.rulings as scopes
            where
                scopes.hour_at = rulings.hour_at
                and scopes.fact = rulings.fact
                and (scopes.location_id is not null or scopes.abc_class is not null)
                and (scopes.location_id is null or scopes.location_id = keys.location_id)
                and (scopes.abc_class is null or scopes.abc_class = classes.abc_class)
        )
    );

create view contract.facts as
select
    hour_at,
    fact,
    sku,
    location_id,
    owner,
    owner_units,
    source_at
from reconcile.owned_counts;

create view contract.comparisons as
with seen as (
    select
        tallies.hour_at,
        tallies.mirror,
        tallies.fact,
        tallies.owner_fact,
        tallies.qualifiers,
        counts.key_id,
        counts.units as observed_units
    from reconcile.tallies as tallies
    inner join ingest.counts as counts
        on tallies.batch_id = counts.batch_id and tallies.fact_id = counts.fact_id
),

said as (
    select
        hour_at,
        mirror,
        fact,
        key_id,
        owner,
        owner_units,
        observed_units,
        expected_units,
        raw_delta_units,
        in_flight_units,
        lag_units,
        delta_units,
        status,
        severity,
        qualifiers
    from reconcile.exceptions
),

-- a plain match is not stored: it is what the mirror shows, says the owner, and nobody objects
plain as (
    select
        seen.hour_at,
        seen.mirror,
        seen.fact,
        seen.key_id,
        owned.owner,
        owned.owner_units,
        seen.observed_units,
        seen.observed_units as expected_units,
        cast(0 as bigint) as raw_delta_units,
        cast(0 as bigint) as in_flight_units,
        cast(0 as bigint) as lag_units,
        cast(0 as bigint) as delta_units,
        'match' as status,
        'none' as severity,
        seen.qualifiers
    from seen
    inner join reconcile.owned_counts as owned
        on
            seen.hour_at = owned.hour_at
            and seen.owner_fact = owned.fact
            and seen.key_id = owned.key_id
            and seen.mirror <> owned.owner
    where
        not exists (
            select 1
            from said
            where
                said.hour_at = seen.hour_at
                and said.mirror = seen.mirror
                and said.fact = seen.fact
                and said.key_id = seen.key_id
        )
),

-- the owner has it and the mirror does not answer for it
unanswered as (
    select
        tallies.hour_at,
        tallies.mirror,
        tallies.fact,
        owned.key_id,
        owned.owner,
        owned.owner_units,
        cast(null as bigint) as observed_units,
        cast(null as bigint) as expected_units,
        cast(null as bigint) as raw_delta_units,
        cast(null as bigint) as in_flight_units,
        cast(null as bigint) as lag_units,
        cast(null as bigint) as delta_units,
        'unknown' as status,
        'none' as severity,
        trim(concat(tallies.qualifiers, ' mirror_', tallies.status)) as qualifiers
    from reconcile.tallies as tallies
    inner join reconcile.owned_counts as owned
        on
            tallies.hour_at = owned.hour_at
            and tallies.owner_fact = owned.fact
            and tallies.mirror <> owned.owner
    left join ingest.unknowns as unknowns
        on
            tallies.batch_id = unknowns.batch_id
            and tallies.fact_id = unknowns.fact_id
            and owned.key_id = unknowns.key_id
    where
        (tallies.status not in ('complete', 'late') or unknowns.key_id is not null)
        and not exists (
            select 1
            from seen
            where
                seen.hour_at = tallies.hour_at
                and seen.mirror = tallies.mirror
                and seen.fact = tallies.fact
                and seen.key_id = owned.key_id
        )
        and not exists (
            select 1
            from said
            where
                said.hour_at = tallies.hour_at
                and said.mirror = tallies.mirror
                and said.fact = tallies.fact
                and said.key_id = owned.key_id
        )
),

-- the mirror has it and its owner does not answer
ownerless as (
    select
        seen.hour_at,
        seen.mirror,
        seen.fact,
        seen.key_id,
        rulings.owner,
        cast(null as bigint) as owner_units,
        seen.observed_units,
        cast(null as bigint) as expected_units,
        cast(null as bigint) as raw_delta_units,
        cast(null as bigint) as in_flight_units,
        cast(null as bigint) as lag_units,
        cast(null as bigint) as delta_units,
        'unknown' as status,
        'none' as severity,
        trim(concat(seen.qualifiers, ' owner_', rulings.status)) as qualifiers
    from seen
    inner join reconcile.rulings as rulings
        on
            seen.hour_at = rulings.hour_at
            and seen.owner_fact = rulings.fact
            and rulings.location_id is null
            and rulings.abc_class is null
            and seen.mirror <> rulings.owner
    left join ingest.unknowns as unknowns
        on
            rulings.batch_id = unknowns.batch_id
            and rulings.fact_id = unknowns.fact_id
            and seen.key_id = unknowns.key_id
    where
        (rulings.status not in ('complete', 'late') or unknowns.key_id is not null)
        and not exists (
            select 1
            from reconcile.owned_counts as owned
            where
                owned.hour_at = seen.hour_at
                and owned.fact = seen.owner_fact
                and owned.key_id = seen.key_id
        )
        and not exists (
            select 1
            from said
            where
                said.hour_at = seen.hour_at
                and said.mirror = seen.mirror
                and said.fact = seen.fact
                and said.key_id = seen.key_id
        )
),

together as (
    select * from said
    union all
    select * from plain
    union all
    select * from unanswered
    union all
    select * from ownerless
)

select
    together.hour_at,
    together.fact,
    keys.sku,
    keys.location_id,
    together.owner,
    together.owner_units,
    together.mirror,
    together.observed_units,
    together.expected_units,
    together.raw_delta_units,
    together.in_flight_units,
    together.lag_units,
    together.delta_units,
    together.status,
    together.severity,
    together.qualifiers
from together
inner join ingest.keys as keys on together.key_id = keys.key_id;

create view contract.cycles as
select
    hour_at,
    status,
    compared,
    matched,
    in_flight,
    drifting_skus,
    active_skus,
    drift_rate,
    structural,
    sources_expected,
    sources_complete,
    seconds,
    record_accuracy,
    accuracy_low,
    accuracy_high,
    unit_accuracy,
    net_units,
    over_units,
    under_units,
    consistent_findings,
    leans_to_integration,
    reason
from reconcile.cycles;

-- grain: one problem in one hour, with its names
create view reconcile.named_sightings as
select
    reconcile.finding_id(sightings.kind, sightings.fact, keys.sku, keys.location_id, sightings.mirror, sightings.subject) as finding_id,
    coalesce(keys.sku, '') as sku,
    coalesce(keys.location_id, '') as location_id,
    sightings.*
from reconcile.sightings as sightings
left join ingest.keys as keys on sightings.key_id = keys.key_id;

create view contract.findings as
select
    reconcile.finding_id(findings.kind, findings.fact, keys.sku, keys.location_id, findings.mirror, findings.subject) as finding_id,
    findings.kind,
    findings.fact,
    coalesce(keys.sku, '') as sku,
    coalesce(keys.location_id, '') as location_id,
    findings.mirror,
    findings.class,
    findings.symptom,
    findings.severity,
    findings.delta_units,
    findings.first_seen_at,
    case
        when findings.kind = 'stockout' and findings.state = 'open'
            then (select max(cycles.hour_at) from reconcile.cycles as cycles)
        else findings.last_seen_at
    end as last_seen_at,
    findings.streak,
    findings.recurrence,
    findings.state,
    findings.money_at_risk,
    findings.owner,
    findings.owner_units,
    findings.observed_units,
    findings.expected_units,
    findings.opened_at,
    case when findings.state = 'cleared' then findings.hour_at end as cleared_at,
    findings.is_settled,
    findings.is_consistent,
    findings.subject,
    findings.details
from reconcile.findings as findings
left join ingest.keys as keys on findings.key_id = keys.key_id;
