"""Packs: a packed day reads as it read before, and can be written again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory_pipeline.ingest.packs import pack_next, unpack_day
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.store.warehouse import DuckWarehouse, open_warehouse

START = datetime(2026, 4, 6, tzinfo=UTC)
NEXT_DAY = START + timedelta(days=1)
SYSTEMS = ("shelf", "erp")
TABLES = ("packed_batches", "count_runs", "bin_runs", "recent_counts", "recent_bins", "batches")

# One snapshot: (fact, key) → units, and how far its own instant lags the hour, in seconds.
SNAPSHOTS = st.tuples(
    st.dictionaries(st.tuples(st.integers(0, 1), st.integers(0, 5)), st.integers(-2, 3)),
    st.integers(0, 3).map(lambda n: n * 900),
)
# A day: hour of day → snapshot of each system; hours may lack.
DAYS = st.dictionaries(st.integers(0, 23), st.tuples(SNAPSHOTS, SNAPSHOTS), max_size=6)
DATED_BY_ROW = st.booleans()


@contextmanager
def open_empty(folder: Path) -> Iterator[DuckWarehouse]:
    with open_warehouse(folder / "w.duckdb", wait=timedelta(seconds=1)) as warehouse:
        for table in (*TABLES, "key_codes"):
            warehouse.execute(f"delete from ingest.{table}")
        numbers = pl.Series(range(6), dtype=pl.Int32)
        codes = pl.DataFrame({"key_id": numbers, "sku_id": numbers, "place_id": numbers * 0})
        warehouse.append("ingest.key_codes", codes)
        yield warehouse


def write(warehouse: DuckWarehouse, hours: dict[int, Any], *, is_dated_by_row: bool) -> None:
    """Write a day's batches; a source dated by row keeps each number's instant of last change."""
    changed: dict[Any, Any] = {}
    number = 0
    for hour, snapshots in sorted(hours.items()):
        at = START + timedelta(hours=hour)
        for system, (units, lag) in zip(SYSTEMS, snapshots, strict=True):
            number += 1
            clock = at - timedelta(seconds=lag)
            rows = []
            for (fact, key), count in sorted(units.items()):
                value, since = changed.get((system, fact, key), (None, clock))
                since = since if value == count else clock
                changed[system, fact, key] = (count, since)
                age = int((clock - since).total_seconds()) if is_dated_by_row else key
                rows.append((number, fact, key, count, age))
            write_batch(warehouse, number, system, at, clock, rows)


def write_batch(
    warehouse: DuckWarehouse, number: int, system: str, at: datetime, clock: datetime, rows: list
) -> None:
    batch = pl.DataFrame(
        {
            "batch_id": number, "hour_at": at, "system": system, "feed": "counts",
            "status": "complete", "reason": "", "row_count": len(rows), "key_count": len(rows),
            "source_at": clock, "reference_at": at, "digest": "",
        },
        schema_overrides={"hour_at": INSTANT, "source_at": INSTANT, "reference_at": INSTANT},
    )  # fmt: skip
    warehouse.append("ingest.batches", batch)
    names = ["batch_id", "fact_id", "key_id", "units", "age_seconds"]
    counts = pl.DataFrame(rows, schema=names, orient="row")
    warehouse.append("ingest.recent_counts", counts)
    bins = counts.drop("age_seconds").with_columns(
        bin=(pl.col("units") % 2).cast(pl.String) if rows else pl.lit("")
    )
    warehouse.append("ingest.recent_bins", bins)


def read(warehouse: DuckWarehouse) -> dict[str, list[Any]]:
    frames = {t: warehouse.query(f"select * from ingest.{t}") for t in ("counts", "bins")}
    return {name: frame.sort(frame.columns).rows() for name, frame in frames.items()}


def pack_days(warehouse: DuckWarehouse, *, before: datetime) -> int:
    """Pack all there is; return how many days."""
    days = 0
    while pack_next(warehouse, before=before):
        days += 1
    return days


def count(warehouse: DuckWarehouse, table: str) -> int:
    return warehouse.query(f"select count(*) as rows from ingest.{table}")["rows"][0]


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(hours=DAYS, is_dated_by_row=DATED_BY_ROW)
def test_a_packed_day_reads_as_before_and_so_does_one_that_was_taken_out(
    tmp_path: Path, hours: dict[int, Any], is_dated_by_row: bool
) -> None:
    with open_empty(tmp_path) as warehouse:
        write(warehouse, hours, is_dated_by_row=is_dated_by_row)
        before = read(warehouse)

        pack_days(warehouse, before=NEXT_DAY)

        assert read(warehouse) == before
        assert count(warehouse, "recent_counts") == count(warehouse, "recent_bins") == 0
        assert pack_days(warehouse, before=NEXT_DAY) == 0
        for system in SYSTEMS:
            unpack_day(warehouse, system=system, hour_at=START)
        assert read(warehouse) == before
        assert count(warehouse, "recent_counts") == len(before["counts"])
        assert [count(warehouse, t) for t in ("packed_batches", "count_runs", "bin_runs")] == [
            0
        ] * 3


@pytest.mark.slow
def test_a_count_that_stands_all_day_is_one_row(tmp_path: Path) -> None:
    snapshot = ({(0, key): 7 for key in range(6)}, 0)
    with open_empty(tmp_path) as warehouse:
        hours = dict.fromkeys(range(24), (snapshot, snapshot))
        for is_dated_by_row in (False, True):
            for table in TABLES:
                warehouse.execute(f"delete from ingest.{table}")
            write(warehouse, hours, is_dated_by_row=is_dated_by_row)

            pack_days(warehouse, before=NEXT_DAY)

            assert count(warehouse, "count_runs") == count(warehouse, "bin_runs") == 12
            assert count(warehouse, "counts") == 24 * 12


def test_a_day_that_is_not_over_stays_as_it_is(tmp_path: Path) -> None:
    with open_empty(tmp_path) as warehouse:
        write(warehouse, {3: (({(0, 0): 1}, 0),) * 2}, is_dated_by_row=False)

        assert pack_days(warehouse, before=START + timedelta(hours=3)) == 0
        assert count(warehouse, "recent_counts") == 2
