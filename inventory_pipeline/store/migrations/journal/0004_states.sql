-- What is leased, sent or held is found by its state: SQLite takes a partial index only for a
-- query that repeats its condition, and read every receipt there ever was instead.
drop index receipts_open;

create index receipts_state on receipts (state, system, created_at);

-- Of what was made at once the first written leaves first: neighbours in the file are then
-- written together, where the order of random ids touched a page for every receipt.
drop index receipts_waiting;

create index receipts_waiting on receipts (system, created_at, sequence)
where state = 'created';
