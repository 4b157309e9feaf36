-- grain: one problem; its newest sighting
select *
from reconcile.findings
order by kind, fact, mirror, key_id, subject
