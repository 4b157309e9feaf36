-- grain: one occasion on which a server took a mail for some of its recipients
-- reads: journal events
-- param: mail_key, text
select details
from events
where
    kind = 'mail_accepted'
    and subject = $mail_key
order by event_id
