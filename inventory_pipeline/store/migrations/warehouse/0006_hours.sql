-- The same views as before, by way of macros that take the hours first: a view is asked for one hour
-- and works through all of them, because what is correlated in it does not hear of the hour.

-- grain: one reading of a batch that the hours from low to high refer to; null: no bound
create macro reconcile.readings_between(low, high) as table (
    with asked as materialized (
        select batch_id
        from reconcile.rulings
        where
            batch_id is not null
            and (cast(low as timestamptz) is null or hour_at >= low)
            and (cast(high as timestamptz) is null or hour_at <= high)
        union
        select batch_id
        from reconcile.tallies
        where
            batch_id is not null
            and (cast(low as timestamptz) is null or hour_at >= low)
            and (cast(high as timestamptz) is null or hour_at <= high)
    ),

    places as materialized (
        select * from ingest.packed_batches
        where batch_id in (select batch_id from asked)
    )

    select
        batch_id,
        fact_id,
        key_id,
        units,
        age_seconds
    from ingest.recent_counts
    where batch_id in (select batch_id from asked)
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
);

-- grain: one key and the owner of one fact there in an hour from low to high
create macro reconcile.owned_between(low, high) as table (
    with ruled as materialized (
        select *
        from reconcile.rulings
        where
            (cast(low as timestamptz) is null or hour_at >= low)
            and (cast(high as timestamptz) is null or hour_at <= high)
    ),

    readings as (
        select * from reconcile.readings_between(low, high)
    )

    select
        rulings.hour_at,
        rulings.fact,
        rulings.owner,
        readings.key_id,
        keys.sku,
        keys.location_id,
        readings.units as owner_units,
        batches.source_at - to_seconds(readings.age_seconds) as source_at
    from ruled as rulings
    inner join ingest.batches as batches on rulings.batch_id = batches.batch_id
    inner join readings
        on rulings.batch_id = readings.batch_id and rulings.fact_id = readings.fact_id
    inner join ingest.keys as keys on readings.key_id = keys.key_id
    left join ingest.sku_classes as classes on keys.sku_id = classes.sku_id
    where
        (rulings.location_id is null or rulings.location_id = keys.location_id)
        and (rulings.abc_class is null or rulings.abc_class = classes.abc_class)
        and (
            rulings.location_id is not null
            or rulings.abc_class is not null
            or not exists (
                select 1
                from ruled as scopes
                where
                    scopes.hour_at = rulings.hour_at
                    and scopes.fact = rulings.fact
                    and (scopes.location_id is not null or scopes.abc_class is not null)
                    and (scopes.location_id is null or scopes.location_id = keys.location_id)
                    and (scopes.abc_class is null or scopes.abc_class = classes.abc_class)
            )
        )
);

-- grain: contract.comparisons of the hours from low to high
create macro reconcile.comparisons_between(low, high) as table (
    with asked as (
        select *
        from reconcile.tallies
        where
            (cast(low as timestamptz) is null or hour_at >= low)
            and (cast(high as timestamptz) is null or hour_at <= high)
    ),

    ruled as (
        select *
        from reconcile.rulings
        where
            (cast(low as timestamptz) is null or hour_at >= low)
            and (cast(high as timestamptz) is null or hour_at <= high)
    ),

    readings as materialized (
        select * from reconcile.readings_between(low, high)
    ),

    owned as materialized (
        select * from reconcile.owned_between(low, high)
    ),

    seen as (
        select
            tallies.hour_at,
            tallies.mirror,
            tallies.fact,
            tallies.owner_fact,
            tallies.qualifiers,
            counts.key_id,
            counts.units as observed_units
        from asked as tallies
        inner join readings as counts
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
        where
            (cast(low as timestamptz) is null or hour_at >= low)
            and (cast(high as timestamptz) is null or hour_at <= high)
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
        inner join owned
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
        from asked as tallies
        inner join owned
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
        inner join ruled as rulings
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
                from owned
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
    inner join ingest.keys as keys on together.key_id = keys.key_id
);

drop view contract.comparisons;

create view contract.comparisons as
select * from reconcile.comparisons_between(null, null);

drop view contract.facts;

create view contract.facts as
select
    hour_at,
    fact,
    sku,
    location_id,
    owner,
    owner_units,
    source_at
from reconcile.owned_between(null, null);
