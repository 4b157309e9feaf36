-- grain: one row
-- reads: ingest.key_codes
select count(*) as keys
from ingest.key_codes
