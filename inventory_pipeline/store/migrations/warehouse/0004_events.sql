-- What the paths between systems, and the people who set them up, say of themselves.

-- grain: one row of a middleware's log as received: one delivery of one event
create table ingest.middleware_events (
    batch_id integer not null,
    event_id varchar not null,
    path varchar not null,
    key_id integer not null,
    operation varchar not null,
    units bigint not null,
    emitted_at timestamptz not null,
    received_at timestamptz,
    processed_at timestamptz,
    attempt integer not null,
    idempotency_key varchar not null,
    sequence bigint,
    status varchar not null,
    mapping varchar not null,
    mapping_changed_at timestamptz,
    reference_id varchar not null
);

-- grain: one run of one sync as received; finished_at is null while it runs
create table ingest.syncs (
    batch_id integer not null,
    path varchar not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    status varchar not null,
    rows bigint
);

-- grain: one change of a configuration as received; system is the one that was changed
create table ingest.config_changes (
    batch_id integer not null,
    changed_at timestamptz not null,
    system varchar not null,
    kind varchar not null,
    subject varchar not null,
    before varchar not null,
    after varchar not null,
    actor varchar not null
);

-- what a movement does to on_hand; model.movements says the same in Python
create macro ledger.on_hand_units(kind, units, disposition) as case
    when
        kind = 'return_received'
        and disposition not in ('', 'good', 'sellable', 'sellable_accessible', 'restock', 'ok')
        then 0
    when kind in ('receipt', 'return_received', 'transfer_in', 'adjustment') then units
    when kind in ('shipment', 'pos_sale', 'transfer_out', 'damage', 'write_off') then -units
    else 0
end;

-- ... and to the number of a system that falls when an order is placed
create macro ledger.at_order_units(kind, units, disposition) as case
    when kind = 'order_placed' then -units
    when kind = 'order_cancelled' then units
    when kind = 'shipment' then 0
    else ledger.on_hand_units(kind, units, disposition)
end;

-- grain: one movement of one system, told once: the first telling stands
-- An anti join and no window: a filter on kinds or times reaches the table before the join. A
-- list of keys does not: where few of millions are wanted, take them first and tell them once.
-- on_hand_units: what it does to on_hand, signed; a count sets a level and moves nothing here.
-- at_order_units: the same for a system whose number falls when an order is placed.
create view ledger.postings as
select
    batches.system,
    movements.movement_id,
    movements.kind,
    movements.key_id,
    movements.units,
    ledger.on_hand_units(movements.kind, movements.units, movements.disposition) as on_hand_units,
    ledger.at_order_units(movements.kind, movements.units, movements.disposition) as at_order_units,
    movements.moved_at,
    coalesce(movements.recorded_at, movements.moved_at) as in_force_at,
    batches.hour_at as told_at,
    movements.reference_id,
    movements.cause_id,
    movements.actor,
    movements.sequence,
    movements.disposition,
    movements.destination_id
from ingest.movements as movements
inner join ingest.batches as batches on movements.batch_id = batches.batch_id
where
    not exists (
        select 1
        from ingest.movements as earlier
        inner join ingest.batches as before on earlier.batch_id = before.batch_id
        where
            earlier.movement_id = movements.movement_id
            and before.system = batches.system
            and before.hour_at < batches.hour_at
    );

-- grain: one side of one posting: the units leave one account and enter the other, so the
-- entries of a system and an item sum to zero at every instant
-- account: a location_id, in_transit between two of them, or outside
create view ledger.entries as
with sides as (
    select
        postings.system,
        postings.movement_id,
        postings.kind,
        postings.moved_at,
        postings.told_at,
        keys.sku,
        keys.location_id,
        postings.on_hand_units as units
    from ledger.postings as postings
    inner join ingest.keys as keys on postings.key_id = keys.key_id
    where postings.on_hand_units <> 0
)

select
    system,
    movement_id,
    kind,
    moved_at,
    told_at,
    sku,
    location_id as account,
    units
from sides
union all
select
    system,
    movement_id,
    kind,
    moved_at,
    told_at,
    sku,
    case when kind in ('transfer_out', 'transfer_in') then 'in_transit' else 'outside' end as account,
    -units as units
from sides;

-- grain: one transfer of one item as known by an hour; eaches
-- owner: the one system that is right about what is in transit: the owner at the origin
create table ledger.transfers (
    hour_at timestamptz not null,
    transfer_id varchar not null,
    sku varchar not null,
    owner varchar not null,
    origin_key_id integer not null,
    destination_key_id integer,
    destination_id varchar not null,
    shipped_units bigint not null,
    shipped_at timestamptz not null,
    noticed_at timestamptz,
    received_units bigint not null,
    received_at timestamptz,
    in_transit_units bigint not null
);

-- grain: one problem the ledger found in an hour; reconcile gives it an identity over time
create table ledger.problems (
    hour_at timestamptz not null,
    kind varchar not null,
    fact varchar not null,
    mirror varchar not null,
    key_id integer not null,
    subject varchar not null,
    owner varchar not null,
    class varchar not null,
    severity varchar not null,
    delta_units bigint,
    owner_units bigint,
    observed_units bigint,
    expected_units bigint,
    details varchar not null
);

-- grain: one owner whose levels could be held against its own movements in an hour
create table ledger.audits (
    hour_at timestamptz not null,
    system varchar not null,
    since timestamptz not null
);

-- a finding is over when it is cleared, or when a movement told later explained it
create or replace view contract.findings as
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
    case when findings.state <> 'open' then findings.hour_at end as cleared_at,
    findings.is_settled,
    findings.is_consistent,
    findings.subject,
    findings.details
from reconcile.findings as findings
left join ingest.keys as keys on findings.key_id = keys.key_id;
