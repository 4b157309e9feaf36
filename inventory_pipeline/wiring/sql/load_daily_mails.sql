-- grain: one daily mail (journal)
select
    substr(mail_key, 7) as date,
    sent_at,
    sequence
from mails
where kind = 'daily' and state = 'sent'
order by mail_key
