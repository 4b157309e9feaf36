-- grain: one mail; sent is final
-- writes: mails
-- param: mail_key, state, subject, error, varchar; tries, integer; sent_at, an instant as text
update mails set
    state = $state,
    subject = $subject,
    attempts = attempts + $tries,
    sent_at = $sent_at,
    error = $error
where
    mail_key = $mail_key
    and state <> 'sent'
