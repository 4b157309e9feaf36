-- grain: one leg of a transfer as one system told it, known by the hour
-- destination_key_id is null while nobody ever named the item there
-- param: hour_at, since, timestamptz
select
    postings.system,
    postings.movement_id,
    postings.kind,
    postings.key_id,
    postings.units,
    postings.moved_at,
    postings.reference_id,
    postings.cause_id,
    keys.sku,
    keys.location_id,
    postings.destination_id,
    there.key_id as destination_key_id
from ledger.postings as postings
inner join ingest.keys as keys on postings.key_id = keys.key_id
left join ingest.keys as there
    on keys.sku_id = there.sku_id and postings.destination_id = there.location_id
where
    postings.told_at <= $hour_at
    and postings.moved_at > $since
    and postings.kind in ('transfer_out', 'transfer_in')
order by postings.moved_at, postings.system, postings.movement_id
