-- grain: one path, class of items and cause; findings that closed after it was proven
-- reads: given_rows (finding_id): those that are still open
-- param: hour_at, since, timestamptz
with last_words as (
    select
        finding_id,
        mirror,
        fact,
        key_id,
        cause,
        is_proven
    from diagnose.verdicts
    where hour_at > $since and hour_at < $hour_at
    qualify
        row_number() over (
            partition by finding_id
            order by hour_at desc
        ) = 1
)

select
    last_words.mirror,
    last_words.fact,
    coalesce(classes.abc_class, '') as abc_class,
    last_words.cause,
    count(*) as finding_count
from last_words
inner join ingest.keys as keys on last_words.key_id = keys.key_id
left join ingest.sku_classes as classes on keys.sku_id = classes.sku_id
where
    last_words.is_proven
    and last_words.finding_id not in (select given_rows.finding_id from given_rows)
group by last_words.mirror, last_words.fact, classes.abc_class, last_words.cause
order by last_words.mirror, last_words.fact, abc_class, last_words.cause
