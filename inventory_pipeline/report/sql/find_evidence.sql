-- grain: one wanted sentence of an hour and what it was written from
-- reads: given_rows (finding_id), diagnose.verdicts
-- param: hour_at, timestamptz: the last finished check that counts
select
    verdicts.finding_id,
    verdicts.evidence
from diagnose.verdicts as verdicts
inner join given_rows as wanted on verdicts.finding_id = wanted.finding_id
where verdicts.hour_at = $hour_at
order by verdicts.finding_id
