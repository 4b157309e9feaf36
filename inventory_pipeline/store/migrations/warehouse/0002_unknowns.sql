-- grain: one key of a batch whose number stood there and could not be read
create table ingest.unknowns (
    batch_id integer not null,
    fact_id smallint not null,
    key_id integer not null
);
