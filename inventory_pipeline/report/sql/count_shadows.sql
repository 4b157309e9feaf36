-- grain: one row: corrections the assistant would make, were it allowed to
-- reads: journal proposals
select count(*) as would
from proposals
where shadow = 'would' and decision = 'flagged'
