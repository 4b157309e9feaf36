-- grain: one problem; its newest sighting
-- reads: reconcile.findings
select *
from reconcile.findings
