-- grain: at most one row: the newest sent mail of a kind before a number
-- reads: journal mails
-- param: kind, text
-- param: before, integer
select
    mail_key,
    sequence,
    sent_at
from mails
where
    kind = $kind
    and state = 'sent'
    and sequence < $before
order by sequence desc
limit 1
