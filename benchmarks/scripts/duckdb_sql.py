"""DuckDB: one SQL script over the four exports, as a careful person would write it."""

from pathlib import Path

import duckdb

HOUR = "2026-04-06T10"

# Joined once: what differs leaves as a list, what agrees as totals.
TOLD = """
create temp table told as
with shelf as (
    select item_id as sku, location_id, fact, quantity
    from read_parquet('{exports}/shelf-{hour}.parquet')
),
owner as (
    select
        held.sku, held.location_id, held.quantity as on_hand,
        coalesce(promised.quantity, 0) as committed
    from (from shelf where fact = 'on_hand') as held
    left join (from shelf where fact = 'committed') as promised using (sku, location_id)
),
erp as (
    select item_id as sku, location_id, quantity as cases
    from read_parquet('{exports}/erp-{hour}.parquet')
),
storefront as (
    select item_id as sku, location_id, quantity as available
    from read_parquet('{exports}/storefront-{hour}.parquet')
),
threepl as (
    select item_id as sku, location_id, quantity as units
    from read_parquet('{exports}/threepl-{hour}.parquet')
),
items as (
    select items.sku, safety_stock, eaches_per_unit as factor
    from read_csv('{folder}/catalog.csv') as items
    left join (
        from read_csv('{folder}/identities.csv') where system = 'erp' and unit = 'CS'
    ) as identities on items.sku = identities.item_id
),
together as (
    select *
    from owner
    full join erp using (sku, location_id)
    full join storefront using (sku, location_id)
    full join threepl using (sku, location_id)
),
wide as (
    select
        sku, location_id, on_hand,
        cases * factor as erp_units,
        on_hand // factor * factor as erp_expected,
        available as storefront_units,
        case when on_hand is not null then greatest(0, on_hand - committed - safety_stock) end
            as storefront_expected,
        units as threepl_units
    from together left join items using (sku)
)
select
    count(*) filter (erp_units is not null and on_hand is not null),
    sum(erp_expected) filter (erp_units is not null),
    count(*) filter (storefront_units is not null and on_hand is not null),
    sum(storefront_expected) filter (storefront_units is not null),
    count(*) filter (threepl_units is not null and on_hand is not null),
    sum(on_hand) filter (threepl_units is not null),
    list(struct_pack(
        sku, location_id, on_hand, erp_units, erp_expected,
        storefront_units, storefront_expected, threepl_units
    )) filter (
        erp_units is distinct from erp_expected
        or storefront_units is distinct from storefront_expected
        or threepl_units is distinct from on_hand
    ) as odd
from wide
"""

EXCEPTIONS = """
create temp table exceptions as
with wide as (select unnest(odd, recursive := true) from told),
pairs as (
    select
        'erp' as mirror, sku, location_id, on_hand,
        erp_units as observed, erp_expected as expected
    from wide where erp_units is distinct from erp_expected
    union all
    select 'storefront', sku, location_id, on_hand, storefront_units, storefront_expected
    from wide where storefront_units is distinct from storefront_expected
    union all
    select 'threepl', sku, location_id, on_hand, threepl_units, on_hand
    from wide where threepl_units is distinct from on_hand
),
named as (
    select
        *,
        observed - expected as delta,
        case
            when on_hand is null and observed <> 0 then 'ghost'
            when observed is null and expected > 0 then 'absent'
            when observed <> expected then 'drift'
        end as status
    from pairs
)
select
    *,
    case
        when status = 'ghost' and observed > 5 then 'major'
        when status in ('ghost', 'absent') then 'notable'
        when on_hand <= 0 and observed > 0 then 'major'
        when observed <= 0 and expected > 0 then 'major'
        when expected > 0 and abs(delta) >= 0.5 * expected then 'major'
        when abs(delta) <= 2 then 'minor'
        when abs(delta) <= 5 then 'notable'
        else 'major'
    end as severity
from named
where status is not null
"""

TALLIES = "select columns(* exclude (odd)) from told"

COUNTS = """
select mirror, status, severity, count(*), cast(coalesce(sum(delta), 0) as bigint)
from exceptions group by all order by all
"""


def reconcile(folder: Path) -> dict[str, object]:
    """Return the summary; the exceptions stay in a table of the connection."""
    connection = duckdb.connect()
    connection.execute("set preserve_insertion_order = false")
    connection.execute(TOLD.format(exports=folder / "exports", folder=folder, hour=HOUR))
    connection.execute(EXCEPTIONS)
    numbers = [int(number) for number in connection.execute(TALLIES).fetchone()]
    tallies = dict(
        zip(
            ("erp", "storefront", "threepl"),
            zip(numbers[::2], numbers[1::2], strict=True),
            strict=True,
        )
    )
    return {"tallies": tallies, "counts": connection.execute(COUNTS).fetchall()}
