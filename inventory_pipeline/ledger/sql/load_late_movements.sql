-- grain: one movement first told in the hour and older than it, of a key that is asked for
-- reads: ledger.postings, given_rows (key_id)
-- param: hour_at, before, since, timestamptz
select
    postings.system,
    postings.movement_id,
    postings.kind,
    postings.key_id,
    postings.on_hand_units,
    postings.at_order_units,
    postings.moved_at,
    postings.in_force_at
from ledger.postings as postings
where
    postings.told_at = $hour_at
    and postings.moved_at < $before
    and postings.moved_at > $since
    and postings.key_id in (select given_rows.key_id from given_rows)
order by postings.system, postings.moved_at, postings.movement_id
