-- grain: one change in a mirror's own log of a wanted key, told once
-- reads: given_rows (mirror, fact, key_id)
-- param: hour_at, since, timestamptz
select
    system as mirror,
    fact,
    key_id,
    change_id,
    operation,
    units,
    changed_at,
    reference_id,
    actor,
    source_at,
    sequence
from ingest.named_changes
where
    hour_at <= $hour_at
    and changed_at > $since
    and key_id in (select given_rows.key_id from given_rows)
qualify
    row_number() over (
        partition by system, change_id
        order by hour_at
    ) = 1
order by mirror, fact, key_id, changed_at, sequence, change_id
