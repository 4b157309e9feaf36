-- grain: one long silence between two events of a path; the longest three of each
-- param: hour_at, since, as_of, timestamptz: events emitted in (since, as_of]
-- param: least_seconds, factor: a hole is that long and that many times the median spacing
with told as (
    select
        events.path,
        events.event_id,
        min(events.emitted_at) as emitted_at
    from ingest.middleware_events as events
    inner join ingest.batches as batches on events.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and events.emitted_at > $since
        and events.emitted_at <= $as_of
    group by events.path, events.event_id
),

spaced as (
    select
        path,
        emitted_at as started_at,
        coalesce(
            lead(emitted_at) over (
                partition by path
                order by emitted_at, event_id
            ),
            cast($as_of as timestamptz)
        ) as finished_at
    from told
),

medians as (
    select
        path,
        median(date_diff('second', started_at, finished_at)) as spacing_seconds
    from spaced
    group by path
)

select
    spaced.path,
    spaced.started_at,
    spaced.finished_at,
    date_diff('second', spaced.started_at, spaced.finished_at) as hole_seconds,
    medians.spacing_seconds
from spaced
inner join medians on spaced.path = medians.path
where
    date_diff('second', spaced.started_at, spaced.finished_at) >= $least_seconds
    and date_diff('second', spaced.started_at, spaced.finished_at)
    >= $factor * medians.spacing_seconds
qualify
    row_number() over (
        partition by spaced.path
        order by date_diff('second', spaced.started_at, spaced.finished_at) desc, spaced.started_at asc
    ) <= 3
order by spaced.path, spaced.started_at
