-- grain: one mail; its number and Message-ID are given once and never again
-- writes: journal mails
insert into mails (mail_key, kind, sequence, message_id, subject, state, created_at)
select
    $mail_key as mail_key,
    $kind as kind,
    coalesce(max(sequence), 0) + 1 as sequence,
    $message_id as message_id,
    '' as subject,
    'due' as state,
    $now as created_at
from mails
where mails.kind = $kind
