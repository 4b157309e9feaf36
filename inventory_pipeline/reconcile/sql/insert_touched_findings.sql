-- grain: one touched problem; its newest sighting
-- reads: touched_keys (kind, fact, mirror, key_id, subject)
insert into reconcile.findings
select sightings.*
from reconcile.sightings as sightings
inner join touched_keys as touched
    on
        sightings.kind = touched.kind
        and sightings.fact = touched.fact
        and sightings.mirror = touched.mirror
        and sightings.key_id = touched.key_id
        and sightings.subject = touched.subject
qualify row_number() over (
    partition by sightings.kind, sightings.fact, sightings.mirror, sightings.key_id, sightings.subject
    order by sightings.hour_at desc
) = 1
