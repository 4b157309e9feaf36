-- grain: one hour of one key at one mirror in which both sides were known
-- reads: given_rows (mirror, fact, key_id)
-- param: hour_at, since, timestamptz (hours in (since, hour_at])
with rounds as (
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

seen as (
    select
        rounds.hour_at,
        rounds.mirror,
        rounds.fact,
        rounds.owner_fact,
        wanted.key_id,
        counts.units,
        rounds.source_at - to_seconds(coalesce(counts.age_seconds, 0)) as mirror_at
    from rounds
    inner join given_rows as wanted on rounds.mirror = wanted.mirror and rounds.fact = wanted.fact
    left join ingest.counts as counts
        on
            rounds.batch_id = counts.batch_id
            and rounds.fact_id = counts.fact_id
            and wanted.key_id = counts.key_id
),

owned as (
    select
        owned_counts.hour_at,
        owned_counts.fact,
        owned_counts.owner,
        owned_counts.key_id,
        owned_counts.owner_units,
        owned_counts.source_at
    from reconcile.owned_counts as owned_counts
    where
        owned_counts.hour_at > $since
        and owned_counts.hour_at <= $hour_at
        and owned_counts.key_id in (select given_rows.key_id from given_rows)
),

promised as (
    select
        batches.hour_at,
        counts.key_id,
        max(counts.units) as units
    from ingest.batches as batches
    inner join ingest.counts as counts on batches.batch_id = counts.batch_id
    inner join ingest.fact_names as names on counts.fact_id = names.fact_id
    where
        names.fact = 'committed'
        and batches.hour_at > $since
        and batches.hour_at <= $hour_at
        and counts.key_id in (select given_rows.key_id from given_rows)
    group by batches.hour_at, counts.key_id
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
