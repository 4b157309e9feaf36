-- The outbox: what other systems must hear of, and proof that they did. Units are eaches.

-- grain: one change of stock; written together with the receipts it makes
create table changes (
    change_id text primary key,
    kind text not null
    check (kind in ('sale', 'restock', 'return', 'count', 'transfer', 'manual', 'fix')),
    fact text not null,
    sku text not null,
    location_id text not null,
    -- signed change; of a count, the number that was counted
    units integer not null,
    moved_at text not null,
    recorded_at text not null,
    -- who said so: a movement, a task, a proposal, a person
    source text not null,
    -- whether the owner has it; until then no mirror hears of it
    owner_at text
) strict;

-- grain: one number of one item that one system shall change, once
create table receipts (
    receipt_id text primary key,
    change_id text not null references changes (change_id),
    proposal_id text not null default '',
    -- the receipt this one takes back, or that it stands for
    cause_id text not null default '',
    system text not null,
    -- it writes the owner's own number, which a person counted; mirrors wait for it
    is_owner integer not null default 0 check (is_owner in (0, 1)),
    fact text not null,
    sku text not null,
    location_id text not null,
    item_id text not null,
    their_location_id text not null,
    operation text not null check (operation in ('set', 'add')),
    -- target of a set, signed change of an add; quantity is the same in the system's own unit
    units integer not null,
    quantity integer not null,
    -- how it leaves: a receiver that knows no addition is sent the number it comes to
    sent_operation text not null,
    sent_quantity integer not null,
    before_units integer,
    before_quantity integer,
    eaches_per_unit integer not null default 1,
    sequence integer not null,
    state text not null check (
        state in (
            'created', 'leased', 'sent', 'confirmed', 'uncertain', 'superseded', 'dead', 'held'
        )
    ),
    -- what a held or uncertain one waits for: owner, brake, person
    waits_for text not null default '',
    key text not null,
    generation integer not null default 1,
    dispatch_id integer,
    attempts integer not null default 0,
    created_at text not null,
    due_at text not null,
    confirmed_at text,
    -- when it was over, however: confirmed, superseded, dead
    closed_at text,
    reference text not null,
    reason text not null,
    evidence text not null default '',
    -- what the system showed after it had confirmed, in its own unit
    shown_quantity integer,
    unique (system, fact, sku, location_id, sequence)
) strict;

create index receipts_open on receipts (system, state, due_at, created_at)
where state not in ('confirmed', 'superseded', 'dead');

create index receipts_unfinished on receipts (system, fact, sku, location_id, sequence)
where state not in ('confirmed', 'superseded');

create index receipts_change on receipts (change_id);

create index receipts_dispatch on receipts (dispatch_id);

create trigger receipts_no_delete before delete on receipts
begin
    select raise(abort, 'receipts are never deleted');
end;

-- grain: one request, with its exact bytes, stored before it is sent for the first time
create table dispatches (
    dispatch_id integer primary key,
    system text not null,
    fact text not null,
    operation text not null,
    key text not null unique,
    body blob not null,
    digest text not null,
    -- what the bytes say, line by line, in their order: an answer may name a line by its number
    lines text not null,
    created_at text not null,
    first_sent_at text,
    last_sent_at text,
    sendings integer not null default 0,
    -- whether its receiver remembers a failure under this key: never send it again
    is_spent integer not null default 0 check (is_spent in (0, 1))
) strict;

create trigger dispatches_keep_their_bytes before update of body, key, digest, lines on dispatches
begin
    select raise(abort, 'a request keeps its bytes and its key');
end;

-- grain: one sending of one request, and what came back
create table attempts (
    attempt_id integer primary key,
    dispatch_id integer not null references dispatches (dispatch_id),
    system text not null,
    fence integer not null,
    started_at text not null,
    finished_at text,
    outcome text not null default '',
    evidence text not null default ''
) strict;

create index attempts_dispatch on attempts (dispatch_id);

-- grain: one system that is left alone for a while, because it asked or did not answer
create table pauses (
    system text primary key,
    until_at text not null,
    reason text not null,
    failures integer not null default 0
) strict;

-- grain: one thing that stopped corrections until a person lets them go on
create table brakes (
    brake_id text primary key,
    scope text not null,
    pulled_at text not null,
    reason text not null,
    released_at text,
    released_by text not null default ''
) strict;

-- grain: one decision about a proposal, whoever took it; nothing is taken back, only followed
create table decisions (
    decision_id integer primary key,
    proposal_id text not null,
    at text not null,
    decision text not null,
    decided_by text not null,
    reason text not null,
    evidence text not null default '{}'
) strict;

create index decisions_proposal on decisions (proposal_id);

-- grain: one person's word for one proposal, bound to its exact bytes
create table approvals (
    approval_id integer primary key,
    proposal_id text not null,
    approved_by text not null,
    at text not null,
    expires_at text not null,
    digest text not null,
    signature text not null default '',
    unique (proposal_id, approved_by, digest)
) strict;

alter table proposals add column evidence text not null default '{}';
alter table proposals add column digest text not null default '';
alter table proposals add column cause text not null default '';
alter table proposals add column shadow text not null default '';
alter table proposals add column judged text not null default '';
alter table proposals add column receipt_id text not null default '';

-- A count task is walked through: open, assigned, counted, corrected, verified, closed.
alter table tasks add column kind text not null default 'count';
alter table tasks add column fact text not null default 'on_hand';
alter table tasks add column system text not null default '';
alter table tasks add column total_units integer;
alter table tasks add column expected_loss real not null default 0;
alter table tasks add column assigned_to text not null default '';
alter table tasks add column as_of text;
alter table tasks add column counted_at text;
alter table tasks add column second_units integer;
alter table tasks add column second_by text not null default '';
alter table tasks add column code text not null default '';
alter table tasks add column change_id text not null default '';
alter table tasks add column verified_at text;
alter table tasks add column closed_at text;
update tasks set state = 'open'
where state = 'proposed';

-- grain: one link of the audit chain: digest = sha256(previous digest + this row)
create table audit (
    seq integer primary key,
    at text not null,
    kind text not null,
    subject text not null,
    details text not null,
    previous text not null,
    digest text not null
) strict;

create trigger audit_no_update before update on audit
begin
    select raise(abort, 'the audit chain is append only');
end;

create trigger audit_no_delete before delete on audit
begin
    select raise(abort, 'the audit chain is append only');
end;
