-- The next receipts to leave are found from the front of the queue, however long it is.
create index receipts_waiting on receipts (system, created_at, sequence, receipt_id)
where state = 'created';
