"""PySpark on two local cores: the same SQL as ``scripts/duckdb_sql.py`` in Spark's words."""

import os
from pathlib import Path

from pyspark.sql import SparkSession

HOUR = "2026-04-06T10"
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

WIDE = """
with owner as (
    select held.item_id as sku, held.location_id, held.quantity as on_hand,
        coalesce(promised.quantity, 0) as committed
    from (select * from shelf where fact = 'on_hand') held
    left join (select * from shelf where fact = 'committed') promised
        on held.item_id = promised.item_id and held.location_id = promised.location_id
),
items as (
    select catalog.sku, catalog.safety_stock, cases.eaches_per_unit as factor
    from catalog left join (select * from identities where system = 'erp' and unit = 'CS') cases
        on catalog.sku = cases.item_id
),
together as (
    select *
    from owner
    full join (select item_id as sku, location_id, quantity as cases from erp) erp
        using (sku, location_id)
    full join (select item_id as sku, location_id, quantity as available from storefront) shop
        using (sku, location_id)
    full join (select item_id as sku, location_id, quantity as units from threepl) threepl
        using (sku, location_id)
)
select sku, location_id, on_hand,
    cases * factor as erp_units, on_hand div factor * factor as erp_expected,
    available as storefront_units,
    case when on_hand is not null then greatest(0, on_hand - committed - safety_stock) end
        as storefront_expected,
    units as threepl_units, on_hand as threepl_expected
from together left join items using (sku)
"""

TALLIES = """
select count_if({m}_units is not null and on_hand is not null),
    sum(case when {m}_units is not null and on_hand is not null then {m}_expected end)
from wide
"""

COUNTS = """
with pairs as (
    select on_hand, {m}_units as observed, {m}_expected as expected
    from wide where not {m}_units <=> {m}_expected
),
named as (
    select *, observed - expected as delta,
        case when on_hand is null and observed <> 0 then 'ghost'
            when observed is null and expected > 0 then 'absent'
            when observed <> expected then 'drift' end as status
    from pairs
),
judged as (
    select status, delta,
        case when status = 'ghost' and observed > 5 then 'major'
            when status in ('ghost', 'absent') then 'notable'
            when on_hand <= 0 and observed > 0 then 'major'
            when observed <= 0 and expected > 0 then 'major'
            when expected > 0 and abs(delta) >= 0.5 * expected then 'major'
            when abs(delta) <= 2 then 'minor'
            when abs(delta) <= 5 then 'notable'
            else 'major' end as severity
    from named where status is not null
)
select '{m}', status, severity, count(*), cast(coalesce(sum(delta), 0) as bigint)
from judged group by status, severity order by status, severity
"""


def open_session() -> SparkSession:
    """Return a session on two cores."""
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", "6g")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )


def reconcile(folder: Path) -> dict[str, object]:
    """Return the summary of one hour."""
    spark = open_session()
    for system in ("shelf", "erp", "storefront", "threepl"):
        path = str(folder / "exports" / f"{system}-{HOUR}.parquet")
        spark.read.parquet(path).createOrReplaceTempView(system)
    for name in ("catalog", "identities"):
        frame = spark.read.csv(str(folder / f"{name}.csv"), header=True, inferSchema=True)
        frame.createOrReplaceTempView(name)
    spark.sql(WIDE).cache().createOrReplaceTempView("wide")
    tallies, counts = {}, []
    for mirror in ("erp", "storefront", "threepl"):
        tallies[mirror] = tuple(int(n) for n in spark.sql(TALLIES.format(m=mirror)).first())
        counts += [tuple(row) for row in spark.sql(COUNTS.format(m=mirror)).collect()]
    spark.stop()
    return {"tallies": tallies, "counts": counts}
