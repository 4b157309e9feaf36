-- The handoff map as it was seen hour by hour, and what its paths come back with.

-- whether a delivery changed the target; a middleware has many words for one that did not
create macro ledger.is_applied(processed_at, status) as processed_at is not null
and lower(status) not in (
    'failed', 'failure', 'error', 'errored', 'dropped', 'lost', 'rejected', 'refused', 'ignored',
    'skipped', 'stale', 'discarded', 'expired', 'timeout', 'cancelled', 'canceled', 'dead', 'dead_letter'
);

-- grain: one path of the map in one hour; what the template lacks and what nobody declared too
-- state: firing silent duplicated missing unmapped, or unobserved where no log could tell
create table ledger.handoffs (
    hour_at timestamptz not null,
    path varchar not null,
    source varchar not null,
    target varchar not null,
    state varchar not null,
    trigger varchar not null,
    carries varchar not null,
    responsible varchar not null,
    resolution varchar not null,
    resolution_status varchar not null,
    events bigint not null,
    lost_events bigint not null,
    duplicate_events bigint not null,
    retried_events bigint not null,
    delay_p50_seconds double,
    delay_p95_seconds double,
    delay_p99_seconds double,
    max_delay_seconds bigint not null,
    key_coverage double,
    source_movements bigint,
    log_reaches_to timestamptz,
    last_success_at timestamptz,
    is_late boolean not null,
    worst_lag_seconds bigint,
    chain_lag_seconds bigint,
    units_per_hour double,
    exposed_units bigint,
    uncertain_units bigint,
    advice varchar not null,
    conversion_rank integer,
    audit varchar not null
);

-- grain: one path of the map in one hour, with what came back of it so far
-- A finding belongs to the path it names. A gap belongs to the paths from its owner to its
-- mirror; where none is declared, to every path that ends at the mirror.
create view ledger.named_handoffs as
with direct as (
    select distinct
        hour_at,
        source,
        target
    from ledger.handoffs
),

troubles as (
    select
        handoffs.hour_at,
        handoffs.path,
        handoffs.source,
        handoffs.target,
        findings.kind,
        findings.state,
        findings.recurrence,
        abs(coalesce(findings.delta_units, 0)) as units,
        coalesce(findings.money_at_risk, 0) as money
    from ledger.handoffs as handoffs
    inner join reconcile.findings as findings
        on
            handoffs.path = findings.subject
            or (
                findings.kind in ('gap', 'ghost', 'absent')
                and handoffs.target = findings.mirror
                and (
                    handoffs.source = findings.owner
                    or not exists (
                        select 1
                        from direct
                        where
                            direct.hour_at = handoffs.hour_at
                            and direct.source = findings.owner
                            and direct.target = findings.mirror
                    )
                )
            )
    where handoffs.state <> 'unmapped' or findings.subject = handoffs.path
),

sums as (
    select
        hour_at,
        path,
        source,
        target,
        cast(sum(recurrence) as bigint) as recurrence,
        count(*) filter (where state = 'open') as open_findings,
        cast(sum(units) as bigint) as units,
        sum(money) as money_at_risk
    from troubles
    where kind not in ('unowned_path', 'stale_mapping', 'key_coverage', 'reserve_missing')
    group by hour_at, path, source, target
)

select
    handoffs.path,
    handoffs.source,
    handoffs.target,
    handoffs.state,
    handoffs.events,
    handoffs.delay_p99_seconds,
    coalesce(sums.recurrence, 0) as recurrence,
    handoffs.responsible,
    row_number() over (
        partition by handoffs.hour_at
        order by
            coalesce(sums.recurrence, 0) desc,
            coalesce(sums.units, 0) desc,
            coalesce(sums.money_at_risk, 0) desc,
            handoffs.state in ('firing', 'unobserved'),
            handoffs.path,
            handoffs.source,
            handoffs.target
    ) as priority,
    coalesce(sums.open_findings, 0) as open_findings,
    coalesce(sums.units, 0) as units,
    coalesce(sums.money_at_risk, 0) as money_at_risk,
    handoffs.resolution,
    handoffs.resolution_status,
    handoffs.delay_p50_seconds,
    handoffs.delay_p95_seconds,
    handoffs.max_delay_seconds,
    handoffs.key_coverage,
    handoffs.lost_events,
    handoffs.duplicate_events,
    handoffs.retried_events,
    handoffs.source_movements,
    handoffs.log_reaches_to,
    handoffs.trigger,
    handoffs.last_success_at,
    handoffs.is_late,
    handoffs.worst_lag_seconds,
    handoffs.chain_lag_seconds,
    handoffs.units_per_hour,
    handoffs.exposed_units,
    handoffs.uncertain_units,
    handoffs.advice,
    handoffs.conversion_rank,
    handoffs.carries,
    handoffs.audit,
    handoffs.hour_at
from ledger.handoffs as handoffs
left join sums
    on
        handoffs.hour_at = sums.hour_at
        and handoffs.path = sums.path
        and handoffs.source = sums.source
        and handoffs.target = sums.target;

create view contract.handoffs as
select *
from ledger.named_handoffs
where hour_at = (select max(newest.hour_at) from ledger.handoffs as newest);
