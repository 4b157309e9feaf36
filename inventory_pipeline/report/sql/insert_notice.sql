-- grain: one episode of a finding that people were told of
-- writes: notices
-- param: finding_id, mail_key, varchar; opened_at, told_at, instants as text
insert into notices (finding_id, opened_at, told_at, mail_key)
select
    $finding_id,
    $opened_at,
    $told_at,
    $mail_key
where not exists (
    select 1 from notices
    where finding_id = $finding_id and opened_at = $opened_at
)
