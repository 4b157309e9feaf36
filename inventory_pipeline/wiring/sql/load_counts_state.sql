-- grain: one system's counts feed in one hour
-- reads: ingest.batches, ingest.quarantine
-- param: hour_at, timestamptz
select
    batches.system,
    batches.status,
    batches.reason,
    batches.row_count,
    batches.key_count,
    batches.source_at,
    batches.reference_at,
    count(held.reason) as quarantined,
    count(*) filter (where held.reason like 'the same key stands with another quantity%')
        as conflicting,
    count(*) filter (where held.reason like '%is impossible here') as impossible
from ingest.batches as batches
left join ingest.quarantine as held on batches.batch_id = held.batch_id
where
    batches.hour_at = $hour_at
    and batches.feed = 'counts'
group by all
order by batches.system
