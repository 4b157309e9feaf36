-- grain: one receipt: sent, and the sending never ended
-- param: system, at
update receipts
set
    state = 'uncertain',
    due_at = $at,
    evidence = 'the worker ended before an answer'
where
    system = $system
    and state = 'sent'
    and exists (
        select 1
        from attempts
        where
            attempts.dispatch_id = receipts.dispatch_id
            and attempts.finished_at is null
    )
