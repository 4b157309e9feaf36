-- Big tables carry small integers (key_id, fact_id, batch_id) and no primary key: a string
-- key makes them 3 to 5 times slower and six times larger. Uniqueness is checked at the gate.
create schema ingest;
create schema ledger;
create schema reconcile;
create schema report;
create schema contract;

-- grain: one sku ever seen; append only
create table ingest.skus (
    sku_id integer not null,
    sku varchar not null
);

-- grain: one location ever seen; append only
create table ingest.places (
    place_id integer not null,
    location_id varchar not null
);

-- grain: one (sku, location) ever seen; append only
create table ingest.key_codes (
    key_id integer not null,
    sku_id integer not null,
    place_id integer not null
);

-- grain: one (sku, location) ever seen, by name
create view ingest.keys as
select
    codes.key_id,
    codes.sku_id,
    codes.place_id,
    skus.sku,
    places.location_id
from ingest.key_codes as codes
inner join ingest.skus as skus on codes.sku_id = skus.sku_id
inner join ingest.places as places on codes.place_id = places.place_id;

-- grain: one fact name ever seen; append only
create table ingest.fact_names (
    fact_id smallint not null,
    fact varchar not null
);

-- grain: one feed of one system in one hour
create table ingest.batches (
    batch_id integer not null,
    hour_at timestamptz not null,
    system varchar not null,
    feed varchar not null,
    status varchar not null,
    reason varchar not null,
    row_count bigint not null,
    key_count bigint not null,
    source_at timestamptz,
    fetched_at timestamptz,
    reference_at timestamptz not null,
    digest varchar not null
);

-- grain: one reading (batch, fact, key) of the last days; eaches, bins summed; sorted by fact and key
-- observed_at = batches.source_at - age_seconds
create table ingest.recent_counts (
    batch_id integer not null,
    fact_id smallint not null,
    key_id integer not null,
    units bigint not null,
    age_seconds integer not null
);

-- grain: one batch of a packed day of one system; places count the day's batches from 0
create table ingest.packed_batches (
    pack_id integer not null,
    batch_id integer not null,
    place smallint not null,
    aging_seconds integer not null
);

-- grain: one reading that stood unchanged from first_place to last_place of a packed day
create table ingest.count_runs (
    pack_id integer not null,
    fact_id smallint not null,
    key_id integer not null,
    first_place smallint not null,
    last_place smallint not null,
    units bigint not null,
    age_seconds integer not null
);

-- grain: one reading (batch, fact, key), of the last days or packed
create view ingest.counts as
select
    batch_id,
    fact_id,
    key_id,
    units,
    age_seconds
from ingest.recent_counts
union all
select
    batches.batch_id,
    runs.fact_id,
    runs.key_id,
    runs.units,
    runs.age_seconds + batches.aging_seconds as age_seconds
from ingest.packed_batches as batches
inner join ingest.count_runs as runs
    on
        batches.pack_id = runs.pack_id
        and batches.place >= runs.first_place
        and batches.place <= runs.last_place;

-- grain: one fact of a batch that has a reading or a word for it
create table ingest.batch_facts (
    batch_id integer not null,
    fact_id smallint not null
);

-- grain: one reading given as a word
create table ingest.availabilities (
    batch_id integer not null,
    fact_id smallint not null,
    key_id integer not null,
    is_available boolean not null
);

-- grain: one bin of a reading of the last days; eaches; sums to ingest.counts
create table ingest.recent_bins (
    batch_id integer not null,
    fact_id smallint not null,
    key_id integer not null,
    bin varchar not null,
    units bigint not null
);

-- grain: one bin that stood unchanged from first_place to last_place of a packed day
create table ingest.bin_runs (
    pack_id integer not null,
    fact_id smallint not null,
    key_id integer not null,
    bin varchar not null,
    first_place smallint not null,
    last_place smallint not null,
    units bigint not null
);

-- grain: one bin of a reading, of the last days or packed
create view ingest.bins as
select
    batch_id,
    fact_id,
    key_id,
    bin,
    units
from ingest.recent_bins
union all
select
    batches.batch_id,
    runs.fact_id,
    runs.key_id,
    runs.bin,
    runs.units
from ingest.packed_batches as batches
inner join ingest.bin_runs as runs
    on
        batches.pack_id = runs.pack_id
        and batches.place >= runs.first_place
        and batches.place <= runs.last_place;

-- grain: one row of a feed that was not taken in
create table ingest.quarantine (
    batch_id integer not null,
    row_number bigint not null,
    reason varchar not null,
    raw varchar not null
);

-- grain: one row of a movements feed as received; the same id may come in several batches
create table ingest.movements (
    batch_id integer not null,
    movement_id varchar not null,
    kind varchar not null,
    key_id integer not null,
    units bigint not null,
    moved_at timestamptz not null,
    recorded_at timestamptz,
    reference_id varchar,
    cause_id varchar,
    actor varchar,
    sequence bigint,
    disposition varchar,
    destination_id varchar
);

-- grain: one row of a mirror's own change log as received
create table ingest.level_changes (
    batch_id integer not null,
    change_id varchar not null,
    key_id integer not null,
    fact varchar not null,
    operation varchar not null,
    units bigint not null,
    changed_at timestamptz not null,
    reference_id varchar,
    actor varchar,
    source_at timestamptz,
    sequence bigint
);

-- grain: who owned a fact in an hour; location_id or abc_class only for a scope
create table reconcile.rulings (
    hour_at timestamptz not null,
    fact varchar not null,
    fact_id smallint not null,
    location_id varchar,
    abc_class varchar,
    owner varchar not null,
    batch_id integer,
    status varchar not null
);

-- grain: one mirror rule in one hour; what was compared and what agreed (REC-07)
create table reconcile.tallies (
    hour_at timestamptz not null,
    mirror varchar not null,
    fact varchar not null,
    fact_id smallint not null,
    owner_fact varchar not null,
    expects varchar not null,
    batch_id integer,
    status varchar not null,
    qualifiers varchar not null,
    compared bigint not null,
    matched bigint not null,
    in_flight bigint not null,
    lagging bigint not null,
    drifting bigint not null,
    ghosts bigint not null,
    absents bigint not null,
    unknown bigint not null,
    units_expected bigint not null,
    units_wrong bigint not null
);

-- grain: one comparison of the last days that is not a plain match; eaches; delta = observed - expected
create table reconcile.recent_exceptions (
    hour_at timestamptz not null,
    mirror varchar not null,
    fact varchar not null,
    key_id integer not null,
    owner varchar not null,
    owner_units bigint,
    observed_units bigint,
    expected_units bigint,
    raw_delta_units bigint,
    in_flight_units bigint,
    lag_units bigint,
    delta_units bigint,
    status varchar not null,
    severity varchar not null,
    qualifiers varchar not null
);

-- grain: one hour of a packed day; places count the day's hours from 0
create table reconcile.packed_hours (
    day date not null,
    hour_at timestamptz not null,
    place smallint not null
);

-- grain: one exception that stood unchanged from first_place to last_place of a packed day
create table reconcile.exception_runs (
    day date not null,
    first_place smallint not null,
    last_place smallint not null,
    mirror varchar not null,
    fact varchar not null,
    key_id integer not null,
    owner varchar not null,
    owner_units bigint,
    observed_units bigint,
    expected_units bigint,
    raw_delta_units bigint,
    in_flight_units bigint,
    lag_units bigint,
    delta_units bigint,
    status varchar not null,
    severity varchar not null,
    qualifiers varchar not null
);

-- grain: one comparison that is not a plain match, of the last days or packed
create view reconcile.exceptions as
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
from reconcile.recent_exceptions
union all
select
    hours.hour_at,
    runs.mirror,
    runs.fact,
    runs.key_id,
    runs.owner,
    runs.owner_units,
    runs.observed_units,
    runs.expected_units,
    runs.raw_delta_units,
    runs.in_flight_units,
    runs.lag_units,
    runs.delta_units,
    runs.status,
    runs.severity,
    runs.qualifiers
from reconcile.packed_hours as hours
inner join reconcile.exception_runs as runs
    on
        hours.day = runs.day
        and hours.place >= runs.first_place
        and hours.place <= runs.last_place;

-- grain: one problem in one hour of the last days in which it could be judged; open or cleared.
-- Append only by hour; key_id -1 and subject '' where a problem has none.
create table reconcile.recent_sightings (
    hour_at timestamptz not null,
    kind varchar not null,
    fact varchar not null,
    mirror varchar not null,
    key_id integer not null,
    subject varchar not null,
    owner varchar not null,
    class varchar not null,
    symptom smallint,
    severity varchar not null,
    delta_units bigint,
    owner_units bigint,
    observed_units bigint,
    expected_units bigint,
    first_seen_at timestamptz not null,
    opened_at timestamptz not null,
    last_seen_at timestamptz not null,
    streak integer not null,
    same_streak integer not null,
    recurrence integer not null,
    state varchar not null,
    is_settled boolean not null,
    is_consistent boolean not null,
    money_at_risk double,
    details varchar not null
);

-- grain: one problem that stood unchanged from first_place to last_place of a packed day:
-- its streaks rise by one an hour, and it was last seen in the hour itself or at stale_seen_at
create table reconcile.sighting_runs (
    day date not null,
    first_place smallint not null,
    last_place smallint not null,
    kind varchar not null,
    fact varchar not null,
    mirror varchar not null,
    key_id integer not null,
    subject varchar not null,
    owner varchar not null,
    class varchar not null,
    symptom smallint,
    severity varchar not null,
    delta_units bigint,
    owner_units bigint,
    observed_units bigint,
    expected_units bigint,
    first_seen_at timestamptz not null,
    opened_at timestamptz not null,
    stale_seen_at timestamptz,
    streak_base integer not null,
    same_streak_base integer not null,
    recurrence integer not null,
    state varchar not null,
    is_settled boolean not null,
    is_consistent boolean not null,
    money_at_risk double,
    details varchar not null
);

-- grain: one problem in one hour in which it could be judged, of the last days or packed
create view reconcile.sightings as
select
    hour_at,
    kind,
    fact,
    mirror,
    key_id,
    subject,
    owner,
    class,
    symptom,
    severity,
    delta_units,
    owner_units,
    observed_units,
    expected_units,
    first_seen_at,
    opened_at,
    last_seen_at,
    streak,
    same_streak,
    recurrence,
    state,
    is_settled,
    is_consistent,
    money_at_risk,
    details
from reconcile.recent_sightings
union all
select
    hours.hour_at,
    runs.kind,
    runs.fact,
    runs.mirror,
    runs.key_id,
    runs.subject,
    runs.owner,
    runs.class,
    runs.symptom,
    runs.severity,
    runs.delta_units,
    runs.owner_units,
    runs.observed_units,
    runs.expected_units,
    runs.first_seen_at,
    runs.opened_at,
    coalesce(runs.stale_seen_at, hours.hour_at) as last_seen_at,
    runs.streak_base + hours.place as streak,
    runs.same_streak_base + hours.place as same_streak,
    runs.recurrence,
    runs.state,
    runs.is_settled,
    runs.is_consistent,
    runs.money_at_risk,
    runs.details
from reconcile.packed_hours as hours
inner join reconcile.sighting_runs as runs
    on
        hours.day = runs.day
        and hours.place >= runs.first_place
        and hours.place <= runs.last_place;

-- grain: one problem; its newest sighting
create table reconcile.findings as
select * from reconcile.recent_sightings;

-- grain: one hour
create table reconcile.cycles (
    hour_at timestamptz not null,
    status varchar not null,
    compared bigint not null,
    matched bigint not null,
    in_flight bigint not null,
    drifting_skus bigint not null,
    active_skus bigint not null,
    drift_rate double,
    structural boolean not null,
    sources_expected integer not null,
    sources_complete integer not null,
    seconds double not null,
    record_accuracy double,
    accuracy_low double,
    accuracy_high double,
    unit_accuracy double,
    net_units bigint not null,
    over_units bigint not null,
    under_units bigint not null,
    consistent_findings integer not null,
    leans_to_integration boolean not null,
    reason varchar not null
);

-- grain: one local calendar day
create table report.summaries (
    date date not null,
    status varchar not null,
    hours_expected integer not null,
    hours_done integer not null,
    compared bigint not null,
    matched bigint not null,
    drift_rate double,
    record_accuracy double,
    open_findings bigint not null,
    major_findings bigint not null
);
