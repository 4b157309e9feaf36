-- grain: one row: receipts that wait too long, and receipts that wait for a person
-- reads: journal receipts
-- param: made_before
select
    sum(state not in ('confirmed', 'superseded', 'dead') and created_at < $made_before) as stuck,
    sum(waits_for = 'person') as for_people
from receipts
