-- grain: one finding whose correction has left before: how many are over, how many in vain, and
-- when the last one was confirmed
-- reads: journal proposals, receipts
-- param: gave_way, the evidence of what a brake held until it gave way: nobody refused it
select
    proposals.finding_id,
    count(*) as tries,
    sum(receipts.state <> 'confirmed') as in_vain,
    max(receipts.confirmed_at) as confirmed_at
from receipts
inner join proposals on receipts.proposal_id = proposals.proposal_id
where
    receipts.state in ('confirmed', 'superseded', 'dead')
    and receipts.evidence <> $gave_way
group by proposals.finding_id
