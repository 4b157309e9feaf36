-- grain: one receipt of a list of them that has not left yet
-- reads: journal receipts
-- param: ids, a JSON list
-- The plus keeps SQLite on the ids: by their state alone it would walk the whole queue.
select receipt_id
from receipts
where
    receipt_id in (select value from json_each($ids))
    and +state = 'created'
order by receipt_id
