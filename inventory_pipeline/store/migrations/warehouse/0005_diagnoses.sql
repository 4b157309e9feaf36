create schema diagnose;

-- grain: one finding in one hour, and why it is there
create table diagnose.verdicts (
    hour_at timestamptz not null,
    finding_id varchar not null,
    fact varchar not null,
    mirror varchar not null,
    key_id integer not null,
    cause varchar not null,
    confidence double not null,
    is_proven boolean not null,
    fix_class varchar not null,
    layer varchar not null,
    verdict varchar not null,
    evidence varchar not null,
    rivals varchar not null,
    what_would_settle_it varchar not null,
    explained_units bigint not null,
    unexplained_units bigint not null,
    correction_units bigint,
    sentence varchar not null,
    also varchar not null
);

create view contract.diagnoses as
select
    verdicts.finding_id,
    verdicts.hour_at,
    verdicts.cause,
    verdicts.confidence,
    verdicts.is_proven,
    verdicts.fix_class,
    verdicts.layer,
    verdicts.verdict,
    verdicts.evidence,
    verdicts.rivals,
    verdicts.what_would_settle_it,
    coalesce(keys.sku, '') as sku,
    coalesce(keys.location_id, '') as location_id,
    verdicts.mirror,
    verdicts.fact,
    verdicts.explained_units,
    verdicts.unexplained_units,
    verdicts.correction_units,
    verdicts.sentence,
    verdicts.also
from diagnose.verdicts as verdicts
left join ingest.keys as keys on verdicts.key_id = keys.key_id;
