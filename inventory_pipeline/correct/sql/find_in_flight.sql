-- grain: one number that is on its way to be changed
-- reads: journal receipts
select distinct
    system,
    fact,
    sku,
    location_id
from receipts
where state in ('created', 'leased', 'sent', 'uncertain', 'held')
