-- grain: one key that used to sell and has not sold since
-- Measured by the shop's own orders, not by the clock: a night, a holiday and an outage pass
-- over every item alike.
-- param: hour_at, since, until, timestamptz; least_sales, integer
with told as (
    select
        movements.key_id,
        coalesce(nullif(movements.reference_id, ''), movements.movement_id) as sale_id,
        min(movements.moved_at) as sold_at
    from ingest.movements as movements
    inner join ingest.batches as batches on movements.batch_id = batches.batch_id
    where
        batches.hour_at <= $hour_at
        and movements.moved_at > $since
        and movements.moved_at <= $until
        and movements.kind in ('order_placed', 'pos_sale')
    group by movements.key_id, sale_id
),

-- an order of many lines is one chance to sell an item, not many
orders as (
    select
        sale_id,
        row_number() over (order by min(sold_at), sale_id) as place,
        count(*) over () as total
    from told
    group by sale_id
),

placed as (
    select
        told.key_id,
        told.sold_at,
        orders.place,
        orders.total
    from told
    inner join orders on told.sale_id = orders.sale_id
),

spaced as (
    select
        *,
        place - lag(place) over (partition by key_id order by place) as pause
    from placed
)

select
    key_id,
    count(*) as sale_count,
    max(sold_at) as last_sold_at,
    max(place) as sold_before,
    any_value(total) - max(place) as sold_since,
    max(pause) as longest_pause
from spaced
group by key_id
having count(*) >= $least_sales
order by key_id
