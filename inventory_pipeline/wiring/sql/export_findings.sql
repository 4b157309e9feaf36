-- grain: contract.findings
select *
from contract.findings
