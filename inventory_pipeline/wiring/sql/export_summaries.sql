-- grain: one local day
select *
from report.summaries
