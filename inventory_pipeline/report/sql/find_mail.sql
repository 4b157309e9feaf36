-- grain: one mail
-- reads: journal mails
-- param: mail_key, text
select
    mail_key,
    kind,
    sequence,
    message_id,
    subject,
    state,
    attempts,
    created_at,
    sent_at,
    error
from mails
where mail_key = $mail_key
