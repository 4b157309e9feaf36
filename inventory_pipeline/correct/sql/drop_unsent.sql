-- grain: one request that was stored and never sent
-- writes: journal dispatches
-- param: system
delete from dispatches
where
    sendings = 0
    and dispatch_id in (
        select receipts.dispatch_id
        from receipts
        where receipts.system = $system and receipts.state = 'leased'
    )
