"""B4: what hours cost once they are past: bytes, questions, packing, an hour written again.

The hours are ingested, reconciled and packed by the product's own steps. A year is projected from
the bytes that tables take: nobody waits for a year.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from benchmarks.measure import Row, run_process
from benchmarks.work import CONFIG, FIRST_HOUR, Shop, _build_shop, _export, _move, slug
from inventory_pipeline.ingest import step as ingest
from inventory_pipeline.model.hours import HOUR, compute_key, parse_hour
from inventory_pipeline.reconcile import step as reconcile
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse
from inventory_pipeline.wiring.house import House, build_house
from inventory_pipeline.wiring.packing import RECENT_DAYS, pack_old_days

CHURN = 0.024
YEAR_HOURS = 365 * 24
YEAR_ROWS = 410_000  # count rows an hour of 100,000 SKUs in four systems at one place
ROOMS = ("ingest", "reconcile")
PACKED = ("count_runs", "bin_runs", "exception_runs", "sighting_runs")
RECENT = ("recent_counts", "recent_bins", "recent_exceptions", "recent_sightings")
# Grows by the hour, whatever the number of rows in it.
LEDGERS = (
    "batches",
    "batch_facts",
    "packed_batches",
    "packed_hours",
    "tallies",
    "rulings",
    "cycles",
)
BLOCKS = """
select distinct '{name}' as name, block from (
    select block_id as block from pragma_storage_info('{room}.{name}')
    union all
    select unnest(additional_block_ids) as block from pragma_storage_info('{room}.{name}')
) where block >= 0
"""
SERIES = """
select batches.hour_at, batches.system, counts.fact_id, counts.units
from ingest.counts as counts
inner join ingest.batches as batches on counts.batch_id = batches.batch_id
where
    counts.key_id = (select max(key_id) // 2 from ingest.key_codes)
    and batches.hour_at > $since
order by batches.hour_at, batches.system
"""
GAPS = """
select finding_id, sku, location_id, mirror, delta_units, streak
from contract.findings
where state = 'open' and severity <> 'none' and streak >= 3
"""


def measure_history(rows: int, *, days: int, times: int) -> dict[str, Row]:
    """Return B4 for ``days`` days of hours of about ``rows`` count rows.

    Args:
        days: more than RECENT_DAYS and one; only what is older is packed.
    """
    with tempfile.TemporaryDirectory(prefix="bench-history-") as folder:
        shop, house = _prepare(Path(folder), rows)
        hours = [FIRST_HOUR.replace(hour=0) + timedelta(hours=n) for n in range(days * 24)]
        last_midnight, half = hours[-24], len(hours) // 2
        numbers = _move(shop, len(hours), CHURN)
        for hour_at, units in zip(hours, numbers, strict=True):
            _run_hour(house, shop, hour_at, units)
            if hour_at < last_midnight:
                pack_old_days(house, hour_at)
            if hour_at == hours[half]:
                early = _ask(house, hour_at, times)
        packing = _pack_apart(house, last_midnight)
        note = f"{len(hours)} hours of {rows:,} rows, {CHURN:.1%} changed an hour"
        return {
            **_weigh(house, len(hours), rows, note),
            **_compare(early, _ask(house, hours[-1], times), times, note),
            **packing,
            **_replace(house, shop, hours[-1], note),
        }


def _prepare(folder: Path, rows: int) -> tuple[Shop, House]:
    (folder / "exports").mkdir()
    shop = _build_shop(rows)
    (folder / "inventory.yaml").write_text(CONFIG, encoding="utf-8")
    shop.catalog.write_csv(folder / "catalog.csv")
    shop.identities.write_csv(folder / "identities.csv")
    return shop, build_house(folder / "inventory.yaml")


def _run_hour(house: House, shop: Shop, hour_at: datetime, units: object) -> None:
    exports = house.root / "exports"
    for system, frame in _export(shop, units, hour_at):
        path = exports / f"{system}-{slug(hour_at)}.parquet"
        frame.write_parquet(path)
        os.utime(path, (time.time() - 60,) * 2)
    _compute(house, hour_at, may_fetch=True)
    shutil.rmtree(exports)
    exports.mkdir()


def _compute(house: House, hour_at: datetime, *, may_fetch: bool) -> None:
    for system in house.settings.systems:
        with house.warehouse() as warehouse:
            results = ingest.run(
                warehouse, house.landing, house.build_source(system), house.catalog,
                hour_at=hour_at, clock=house.clock, may_fetch=may_fetch,
            )  # fmt: skip
        if results[0].status != "complete":
            raise RuntimeError(f"{system} is {results[0].status}: {results[0].reason}")
    with house.warehouse() as warehouse:
        reconcile.run(warehouse, house.settings, house.catalog, hour_at=hour_at)


def _weigh(house: House, hours: int, rows: int, note: str) -> dict[str, Row]:
    with house.warehouse() as warehouse:
        sizes = _load_sizes(warehouse)
        packed_rows = _count(
            warehouse,
            "select sum(b.row_count) as rows from ingest.batches as b "
            "inner join ingest.packed_batches as p on b.batch_id = p.batch_id",
        )
        recent_rows = _count(warehouse, "select count(*) as rows from ingest.recent_counts")
    packed = sum(sizes[name] for name in PACKED) / packed_rows
    recent = sum(sizes[name] for name in RECENT) / recent_rows
    by_hour = sum(sizes[name] for name in LEDGERS) / hours
    others = {k: v for k, v in sizes.items() if k not in (*PACKED, *RECENT, *LEDGERS)}
    recent_hours = (RECENT_DAYS + timedelta(days=1)) / HOUR
    year = (
        YEAR_ROWS * ((YEAR_HOURS - recent_hours) * packed + recent_hours * recent)
        + YEAR_HOURS * by_hour
        + sum(others.values()) * max(YEAR_ROWS / rows, 1)
    )
    told = f"{note}; packed {packed:.2f} B a row, recent {recent:.2f} B, {by_hour:,.0f} B an hour"
    return {
        "B4": Row(year / 1e9, 3.0, "lower", 1, f"GB, projected a year of {YEAR_ROWS:,}; {told}"),
        "B4_bytes_per_row": Row(packed, 0.35, "lower", 1, f"{told}; findings included"),
    }


def _load_sizes(warehouse: DuckWarehouse) -> dict[str, float]:
    """Return table → bytes on the disk; a block that small tables share is shared out."""
    sql = "select schema_name as room, table_name as name from duckdb_tables() where not internal"
    tables = warehouse.query(sql).filter(pl.col("room").is_in(ROOMS))
    size = _count(warehouse, "select block_size as rows from pragma_database_size()")
    blocks = pl.concat(
        warehouse.query(BLOCKS.format(room=room, name=name)) for room, name in tables.iter_rows()
    )
    parts = blocks.with_columns(bytes=size / pl.len().over("block"))
    told = parts.group_by("name").agg(pl.col("bytes").sum())
    return {**dict.fromkeys(tables["name"], 0.0), **dict(told.iter_rows())}


def _count(warehouse: DuckWarehouse, sql: str) -> int:
    return int(warehouse.query(sql)["rows"][0])


def _ask(house: House, hour_at: datetime, times: int) -> dict[str, float]:
    """Return question → seconds; the series is of the last three days, whatever there is."""
    since = hour_at - RECENT_DAYS
    with house.warehouse() as warehouse:
        questions: dict[str, Callable[[], pl.DataFrame]] = {
            "current": lambda: warehouse.query(
                load_query("wiring", "export_facts"), low=hour_at, high=hour_at
            ),
            "gaps": lambda: warehouse.query(GAPS),
            "series": lambda: warehouse.query(SERIES, since=since),
        }
        return {name: _time(ask, times) for name, ask in questions.items()}


def _time(ask: Callable[[], pl.DataFrame], times: int) -> float:
    """Return the best of several: what is short is lost in what else a machine does."""
    took = []
    for _ in range(times + 1):
        started = time.perf_counter()
        if ask().is_empty():
            raise RuntimeError("a question about history found nothing")
        took.append(time.perf_counter() - started)
    return min(took[1:])


def _compare(
    early: dict[str, float], late: dict[str, float], times: int, note: str
) -> dict[str, Row]:
    rows = {
        f"B4_{name}": Row(
            seconds, 0.1, "lower", times, f"seconds; {note}; halfway {early[name]:.3f} s"
        )
        for name, seconds in late.items()
    }
    growth = max(late[name] / early[name] for name in late)
    return {**rows, "B4_growth": Row(growth, 1.3, "lower", times, "worst ratio, twice the history")}


def _pack_apart(house: House, hour_at: datetime) -> dict[str, Row]:
    """Pack the day that became old last in a process of its own, and weigh it."""
    command = [sys.executable, "-m", "benchmarks.history", str(house.loaded.path)]
    root = Path(__file__).parents[1]
    idle = run_process([*command, compute_key(hour_at - timedelta(days=30))], cwd=root)
    packed = run_process([*command, compute_key(hour_at)], cwd=root)
    seconds = packed.seconds - idle.seconds
    note = f"packing a day took {seconds:.1f} s and {packed.megabytes:.0f} MB, once a day"
    return {
        "B4_packing_s": Row(seconds, 60, "lower", 1, note),
        "B4_packing_mb": Row(packed.megabytes, 1500, "lower", 1, note),
    }


def _replace(house: House, shop: Shop, hour_at: datetime, note: str) -> dict[str, Row]:
    """Write an hour five times, each time with other numbers, the last time with the first ones."""
    path = house.storage / "warehouse.duckdb"
    sizes = [path.stat().st_size]
    is_some = pl.int_range(pl.len()) % 33 == 0
    for turn in range(5):
        factor = pl.when(is_some & pl.lit(turn % 2 == 0 and turn < 4)).then(2).otherwise(1)
        cases = shop.identities.with_columns(pl.col("eaches_per_unit") * factor)
        cases.write_csv(house.root / "identities.csv")
        _compute(build_house(house.loaded.path), hour_at, may_fetch=False)
        sizes.append(path.stat().st_size)
    told = f"{note}; warehouse {sizes[0]:,} B, at most {max(sizes):,} B"
    return {"B4_replaced_in_history": Row(sizes[-1] / sizes[0], 1.05, "lower", 5, told)}


def main() -> None:
    """Pack what is old at an hour: ``python -m benchmarks.history CONFIG HOUR``."""
    pack_old_days(build_house(Path(sys.argv[1])), parse_hour(sys.argv[2]))


if __name__ == "__main__":
    main()
