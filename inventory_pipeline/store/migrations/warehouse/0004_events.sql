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

-- grain: one movement of one system, told once: the first telling stands
-- An anti join and no window: a filter on keys or times reaches the table before the join.
-- on_hand_units: what it does to on_hand, signed; a count sets a level and moves nothing here.
create view ledger.postings as
select
    batches.system,
    movements.movement_id,
    movements.kind,
    movements.key_id,
    movements.units,
    case
        when
            movements.kind = 'return_received'
            and movements.disposition not in (
                '', 'good', 'sellable', 'sellable_accessible', 'restock', 'ok'
            )
            then 0
        when movements.kind in ('receipt', 'return_received', 'transfer_in', 'adjustment')
            then movements.units
        when movements.kind in ('shipment', 'pos_sale', 'transfer_out', 'damage', 'write_off')
            then -movements.units
        else 0
    end as on_hand_units,
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
