-- grain: one mail; sent is final
-- writes: journal mails
update mails set
    state = $state,
    subject = $subject,
    attempts = attempts + $tries,
    sent_at = $sent_at,
    error = $error
where
    mail_key = $mail_key
    and state <> 'sent'
