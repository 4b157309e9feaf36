-- grain: one problem asked for; its newest sighting from $low to before $high
-- reads: reconcile.sightings, given_rows (kind, fact, mirror, key_id, subject)
-- param: low, high, timestamptz
select sightings.*
from reconcile.sightings as sightings
inner join given_rows as given
    on
        sightings.key_id = given.key_id
        and sightings.kind = given.kind
        and sightings.fact = given.fact
        and sightings.mirror = given.mirror
        and sightings.subject = given.subject
where sightings.hour_at >= $low and sightings.hour_at < $high
qualify
    row_number() over (
        partition by
            sightings.kind, sightings.fact, sightings.mirror, sightings.key_id, sightings.subject
        order by sightings.hour_at desc
    ) = 1
