-- grain: one receipt that waits for an owner which will never have its change
-- param: system, fact, sku, location_id, at: the number of the owner
update receipts
set
    state = 'superseded',
    waits_for = '',
    evidence = 'the owner did not take the change',
    closed_at = $at
where
    state = 'held'
    and waits_for = 'owner'
    and change_id in (
        select owned.change_id
        from receipts as owned
        where
            owned.system = $system
            and owned.fact = $fact
            and owned.sku = $sku
            and owned.location_id = $location_id
            and owned.is_owner = 1
            and owned.state in ('superseded', 'dead')
    )
