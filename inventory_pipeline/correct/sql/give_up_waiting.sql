-- grain: one receipt that waits for an owner whose own receipt of the change was given up
-- writes: journal receipts
-- param: at
update receipts
set
    state = 'superseded',
    waits_for = '',
    evidence = 'its owner did not take the change',
    closed_at = $at
where
    state = 'held'
    and waits_for = 'owner'
    and change_id in (
        select owners.change_id
        from receipts as owners
        where
            owners.change_id = receipts.change_id
            and owners.is_owner = 1
            and owners.state in ('superseded', 'dead')
    )
