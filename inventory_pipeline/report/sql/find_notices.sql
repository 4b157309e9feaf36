-- grain: one episode of a finding that people were told of
-- reads: journal notices
-- param: since, text: opened at or after
select
    finding_id,
    opened_at
from notices
where opened_at >= $since
