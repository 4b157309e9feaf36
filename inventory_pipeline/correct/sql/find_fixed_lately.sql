-- grain: one item that was corrected since a moment, or is being corrected
-- reads: journal receipts
-- param: since
select distinct sku
from receipts
where proposal_id <> '' and state <> 'superseded' and max(created_at, due_at) > $since
