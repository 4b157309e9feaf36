-- grain: one finding whose correction has left before: how many are over, and how many in vain
-- reads: journal proposals, receipts
select
    proposals.finding_id,
    count(*) as tries,
    sum(receipts.state <> 'confirmed') as in_vain
from receipts
inner join proposals on receipts.proposal_id = proposals.proposal_id
where receipts.state in ('confirmed', 'superseded', 'dead')
group by proposals.finding_id
