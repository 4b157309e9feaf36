-- grain: one hour of one key at one mirror in which both sides were known
-- reads: given_rows (mirror, fact, key_id)
-- param: hour_at, since, timestamptz (hours in (since, hour_at])
with rounds as materialized (
    select
        tallies.hour_at,
        tallies.mirror,
        tallies.fact,
        tallies.owner_fact,
        tallies.batch_id,
        tallies.fact_id,
        batches.source_at
    from reconcile.tallies as tallies
    inner join ingest.batches as batches on tallies.batch_id = batches.batch_id
    where tallies.hour_at > $since and tallies.hour_at <= $hour_at
),

wanted_keys as materialized (
    select
        keys.key_id,
        keys.location_id,
        classes.abc_class
    from ingest.keys as keys
    left join ingest.sku_classes as classes on keys.sku_id = classes.sku_id
    where keys.key_id in (select given_rows.key_id from given_rows)
),

-- the ruling for each key and hour: a scope before the whole fact
ruled as materialized (
    select
        rulings.hour_at,
        rulings.fact,
        rulings.fact_id,
        rulings.owner,
        rulings.batch_id,
        wanted_keys.key_id
    from reconcile.rulings as rulings
    inner join wanted_keys
        on
            (rulings.location_id is null or rulings.location_id = wanted_keys.location_id)
            and (rulings.abc_class is null or rulings.abc_class = wanted_keys.abc_class)
    where rulings.hour_at > $since and rulings.hour_at <= $hour_at
    qualify
        row_number() over (
            partition by rulings.hour_at, rulings.fact, wanted_keys.key_id
            order by rulings.location_id is null and rulings.abc_class is null
        ) = 1
),

promising as materialized (
    select batch_id
    from ingest.batches
    where hour_at > $since and hour_at <= $hour_at and feed = 'counts'
),

asked as materialized (
    select batch_id from rounds
    union
    select batch_id from ruled
    union
    select batch_id from promising
),

places as materialized (
    select
        pack_id,
        batch_id,
        place,
        aging_seconds
    from ingest.packed_batches
    where batch_id in (select asked.batch_id from asked)
),

-- by key first: a week of a large shop is read past, not through
readings as materialized (
    select
        batch_id,
        fact_id,
        key_id,
        units,
        age_seconds
    from ingest.recent_counts
    where
        key_id in (select given_rows.key_id from given_rows)
        and batch_id in (select asked.batch_id from asked)
    union all
    select
        places.batch_id,
        runs.fact_id,
        runs.key_id,
        runs.units,
        runs.age_seconds + places.aging_seconds as age_seconds
    from places
    inner join ingest.count_runs as runs
        on
            places.pack_id = runs.pack_id
            and places.place >= runs.first_place
            and places.place <= runs.last_place
    where runs.key_id in (select given_rows.key_id from given_rows)
),

seen as (
    select
        rounds.hour_at,
        rounds.mirror,
        rounds.fact,
        rounds.owner_fact,
        wanted.key_id,
        readings.units,
        rounds.source_at - to_seconds(coalesce(readings.age_seconds, 0)) as mirror_at
    from rounds
    inner join given_rows as wanted on rounds.mirror = wanted.mirror and rounds.fact = wanted.fact
    left join readings
        on
            rounds.batch_id = readings.batch_id
            and rounds.fact_id = readings.fact_id
            and wanted.key_id = readings.key_id
),

owned as (
    select
        ruled.hour_at,
        ruled.fact,
        ruled.owner,
        ruled.key_id,
        readings.units as owner_units,
        batches.source_at - to_seconds(readings.age_seconds) as source_at
    from ruled
    inner join ingest.batches as batches on ruled.batch_id = batches.batch_id
    inner join readings
        on
            ruled.batch_id = readings.batch_id
            and ruled.fact_id = readings.fact_id
            and ruled.key_id = readings.key_id
),

promised as (
    select
        batches.hour_at,
        readings.key_id,
        max(readings.units) as units
    from readings
    inner join ingest.batches as batches on readings.batch_id = batches.batch_id
    inner join ingest.fact_names as names on readings.fact_id = names.fact_id
    where names.fact = 'committed'
    group by batches.hour_at, readings.key_id
)

select
    seen.mirror,
    seen.fact,
    seen.key_id,
    seen.hour_at,
    seen.mirror_at,
    owned.source_at as owner_at,
    owned.owner,
    owned.owner_units,
    coalesce(said.observed_units, seen.units) as observed_units,
    coalesce(said.expected_units, seen.units) as expected_units,
    coalesce(said.in_flight_units, 0) as in_flight_units,
    coalesce(said.lag_units, 0) as lag_units,
    coalesce(said.delta_units, 0) as delta_units,
    promised.units as committed_units
from seen
inner join owned
    on
        seen.hour_at = owned.hour_at
        and seen.owner_fact = owned.fact
        and seen.key_id = owned.key_id
left join reconcile.exceptions as said
    on
        seen.hour_at = said.hour_at
        and seen.mirror = said.mirror
        and seen.fact = said.fact
        and seen.key_id = said.key_id
left join promised on seen.hour_at = promised.hour_at and seen.key_id = promised.key_id
where
    coalesce(said.observed_units, seen.units) is not null
    and (said.status is null or said.status in ('match', 'drift', 'in_flight', 'lag'))
order by seen.mirror, seen.fact, seen.key_id, seen.hour_at
