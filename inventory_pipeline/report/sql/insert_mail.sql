-- grain: one mail; its number and Message-ID are given once and never again
-- writes: mails
-- param: mail_key, kind, message_id, varchar; now, an instant as text
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
