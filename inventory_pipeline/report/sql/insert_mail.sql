-- grain: one mail; its number and Message-ID are given once and never again
-- writes: journal mails
insert into mails (mail_key, kind, sequence, message_id, subject, state, created_at)
values (
    $mail_key,
    $kind,
    (
        select coalesce(max(mails.sequence), 0) + 1
        from mails
        where mails.kind = $kind
    ),
    $message_id,
    '',
    'due',
    $now
)
