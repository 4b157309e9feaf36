-- grain: one problem whose newest sighting is written anew
-- reads: given_rows (kind, fact, mirror, key_id, subject)
delete from reconcile.findings
where (kind, fact, mirror, key_id, subject) in (
    select
        kind,
        fact,
        mirror,
        key_id,
        subject
    from given_rows
)
