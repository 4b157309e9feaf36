-- grain: one row: the first hour ever tried, null before that (journal)
select min(subject) as subject
from runs
where kind in ('run', 'backfill')
