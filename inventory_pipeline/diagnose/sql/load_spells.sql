-- grain: one time that a wanted finding was open: since when, and its last hour
-- reads: given_rows (finding_id, kind, fact, mirror, key_id, subject)
-- param: hour_at, since, timestamptz
select
    wanted.finding_id,
    sightings.opened_at,
    max(sightings.hour_at) as last_at
from reconcile.sightings as sightings
inner join given_rows as wanted
    on
        sightings.kind = wanted.kind
        and sightings.fact = wanted.fact
        and sightings.mirror = wanted.mirror
        and sightings.key_id = wanted.key_id
        and sightings.subject = wanted.subject
where
    sightings.hour_at > $since
    and sightings.hour_at <= $hour_at
    and sightings.state = 'open'
group by wanted.finding_id, sightings.opened_at
order by wanted.finding_id, sightings.opened_at
