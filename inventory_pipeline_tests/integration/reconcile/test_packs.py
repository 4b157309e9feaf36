"""Packs: exceptions and sightings of a packed day read as before, and can be written again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.reconcile.findings import SIGHTING
from inventory_pipeline.reconcile.packs import pack_next, unpack_day
from inventory_pipeline.store.warehouse import DuckWarehouse, open_warehouse

START = datetime(2026, 4, 6, tzinfo=UTC)
NEXT_DAY = START + timedelta(days=1)
TABLES = (
    "cycles", "packed_hours", "exception_runs", "sighting_runs", "recent_exceptions",
    "recent_sightings",
)  # fmt: skip

# What one hour tells of a key: its delta; None where the hour could not judge it.
HOURS = st.dictionaries(
    st.integers(0, 23), st.dictionaries(st.integers(0, 4), st.integers(-1, 1)), max_size=8
)


def write(warehouse: DuckWarehouse, hours: dict[int, dict[int, int]]) -> None:
    """Write a day as the step does: streaks rise while a key is told of, and start again."""
    streaks: dict[int, int] = {}
    for hour, deltas in sorted(hours.items()):
        at = START + timedelta(hours=hour)
        streaks = {key: streaks.get(key, 0) + 1 for key in deltas}
        write_cycle(warehouse, at)
        if deltas:
            rows = [build_sighting(at, key, delta, streaks[key]) for key, delta in deltas.items()]
            frame = pl.DataFrame(rows, schema=SIGHTING)
            warehouse.append("reconcile.recent_sightings", frame)
            warehouse.append("reconcile.recent_exceptions", build_exceptions(at, frame))


def write_cycle(warehouse: DuckWarehouse, at: datetime) -> None:
    empty = warehouse.query("select * from reconcile.cycles limit 0").clear(1)
    zeros = empty.with_columns((~pl.selectors.string()).fill_null(strategy="zero"))
    cycle = zeros.with_columns(pl.selectors.string().fill_null(""))
    warehouse.append("reconcile.cycles", cycle.with_columns(hour_at=pl.lit(at)))


def build_sighting(at: datetime, key: int, delta: int, streak: int) -> dict[str, Any]:
    is_open = delta != 0
    return {
        "hour_at": at, "kind": "gap", "fact": "on_hand", "mirror": "erp", "key_id": key,
        "subject": "", "owner": "shelf", "class": "sync_drift", "symptom": None,
        "severity": "minor", "delta_units": delta, "owner_units": None, "observed_units": 1,
        "expected_units": 1, "is_settled": streak > 1, "is_consistent": False,
        "money_at_risk": None if key else 0.1, "details": "{}", "first_seen_at": START,
        "opened_at": START, "last_seen_at": at if is_open else at - timedelta(hours=1),
        "streak": streak, "same_streak": streak % 3, "recurrence": 1,
        "state": "open" if is_open else "cleared",
    }  # fmt: skip


def build_exceptions(at: datetime, sightings: pl.DataFrame) -> pl.DataFrame:
    return sightings.select(
        pl.lit(at, INSTANT).alias("hour_at"), "mirror", "fact", "key_id", "owner", "owner_units",
        "observed_units", "expected_units", "delta_units", "severity",
        raw_delta_units="delta_units", in_flight_units=pl.lit(0), lag_units=pl.lit(0),
        status=pl.lit("drift"), qualifiers=pl.lit(""),
    )  # fmt: skip


def read(warehouse: DuckWarehouse) -> dict[str, list[Any]]:
    frames = {
        name: warehouse.query(f"select * from reconcile.{name}")
        for name in ("exceptions", "sightings", "named_sightings")
    }
    return {
        name: frame.sort(frame.columns, nulls_last=True).rows() for name, frame in frames.items()
    }


def pack_days(warehouse: DuckWarehouse, *, before: datetime) -> int:
    """Pack all there is; return how many days."""
    days = 0
    while pack_next(warehouse, before=before):
        days += 1
    return days


def count(warehouse: DuckWarehouse, table: str) -> int:
    return warehouse.query(f"select count(*) as rows from reconcile.{table}")["rows"][0]


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(hours=HOURS)
def test_a_packed_day_reads_as_before_and_so_does_one_that_was_taken_out(
    tmp_path: Path, hours: dict[int, dict[int, int]]
) -> None:
    with open_warehouse(tmp_path / "w.duckdb", wait=timedelta(seconds=1)) as warehouse:
        for table in TABLES:
            warehouse.execute(f"delete from reconcile.{table}")
        write(warehouse, hours)
        before = read(warehouse)

        packed = pack_days(warehouse, before=NEXT_DAY)

        assert packed == (1 if hours else 0)
        assert read(warehouse) == before
        assert count(warehouse, "recent_exceptions") == count(warehouse, "recent_sightings") == 0
        assert pack_days(warehouse, before=NEXT_DAY) == 0
        unpack_day(warehouse, START)
        assert read(warehouse) == before
        assert count(warehouse, "recent_sightings") == len(before["sightings"])
        assert count(warehouse, "sighting_runs") == count(warehouse, "packed_hours") == 0


@pytest.mark.slow
def test_a_gap_that_stays_all_day_is_one_row(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "w.duckdb", wait=timedelta(seconds=1)) as warehouse:
        for hour in range(24):
            at = START + timedelta(hours=hour)
            write_cycle(warehouse, at)
            row = {**build_sighting(at, 1, 1, 9 + hour), "same_streak": 4 + hour}
            frame = pl.DataFrame([row], schema=SIGHTING)
            warehouse.append("reconcile.recent_sightings", frame)
            warehouse.append("reconcile.recent_exceptions", build_exceptions(at, frame))

        pack_days(warehouse, before=NEXT_DAY)

        assert count(warehouse, "sighting_runs") == count(warehouse, "exception_runs") == 1
        assert count(warehouse, "sightings") == count(warehouse, "exceptions") == 24
