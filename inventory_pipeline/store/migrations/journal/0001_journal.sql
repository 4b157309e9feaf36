-- The truth about what we did. Instants are ISO 8601 text in UTC.

-- grain: one attempt to do a piece of work (an hour, a backfill, a report); fence rises
create table runs (
    run_id integer primary key,
    kind text not null,
    subject text not null,
    state text not null check (state in ('started', 'done', 'failed')),
    started_at text not null,
    finished_at text,
    error text not null default '',
    details text not null default '{}'
) strict;

create index runs_subject on runs (kind, subject);

-- grain: one thing that only one process may do at a time
create table leases (
    name text primary key,
    holder text not null,
    fence integer not null,
    expires_at text not null
) strict;

-- grain: one mail that is due once, whatever is run again
create table mails (
    mail_key text primary key,
    kind text not null,
    sequence integer not null,
    message_id text not null,
    subject text not null,
    state text not null check (state in ('due', 'sending', 'sent', 'failed')),
    attempts integer not null default 0,
    created_at text not null,
    sent_at text,
    error text not null default ''
) strict;

-- grain: one episode of a finding that people were told of at once
create table notices (
    finding_id text not null,
    opened_at text not null,
    told_at text not null,
    mail_key text not null,
    primary key (finding_id, opened_at)
) strict;

-- grain: one correction a finding asks for; nothing is sent because of this row
create table proposals (
    proposal_id text primary key,
    finding_id text not null,
    hour_at text not null,
    system text not null,
    sku text not null,
    location_id text not null,
    fact text not null,
    before_units integer,
    target_units integer not null,
    decision text not null,
    decided_by text not null default '',
    reason text not null
) strict;

create index proposals_finding on proposals (finding_id);

-- grain: one bin somebody is asked to count
create table tasks (
    task_id text primary key,
    finding_id text not null,
    created_at text not null,
    location_id text not null,
    bin text not null,
    sku text not null,
    state text not null,
    recorded_units integer,
    counted_units integer,
    counted_by text not null default '',
    reason text not null
) strict;

-- grain: one thing a person should be able to trace later; append only
create table events (
    event_id integer primary key,
    at text not null,
    kind text not null,
    subject text not null,
    details text not null
) strict;

create trigger events_no_update before update on events
begin
    select raise(abort, 'events are append only');
end;

create trigger events_no_delete before delete on events
begin
    select raise(abort, 'events are append only');
end;
