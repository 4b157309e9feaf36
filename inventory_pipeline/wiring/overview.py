"""What a person asks of an hour first, and how the house stands now: read, never computed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.model.hours import HOUR, find_hours, floor_hour
from inventory_pipeline.report.attendance import FINISHED
from inventory_pipeline.report.findings import sort_worst_first
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse
from inventory_pipeline.wiring.house import House

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Overview:
    """One hour at a glance.

    Attributes:
        cycle: the hour's row of ``contract.cycles``; empty before it was reconciled.
        mirrors: one row per mirror rule: what was compared and what agreed.
        findings: open problems of the hour, worst first.
        sources: one row per feed: status, size, as-of time.
    """

    hour_at: datetime
    cycle: dict[str, Any]
    mirrors: pl.DataFrame
    findings: pl.DataFrame
    sources: pl.DataFrame


@dataclass(frozen=True)
class State:
    """How the house stands: its newest hour, and the day before now.

    Attributes:
        newest: the newest reconciled hour; None before the first.
        counts: one row per system of the newest hour: its counts feed, with the keys that
            stand twice and the rows from the future that were put aside.
        broken_sums: comparisons whose components do not add up; a fault of the program.
        expected_hours: hours of the last 24 that should have been reconciled by now.
        absent_hours: those of them that were not.
    """

    newest: Overview | None
    counts: pl.DataFrame
    broken_sums: int
    expected_hours: tuple[datetime, ...]
    absent_hours: tuple[datetime, ...]


def load_overview(house: House, hour_at: datetime) -> Overview:
    """Return one hour at a glance."""
    with house.warehouse() as warehouse:
        return _load_overview(warehouse, hour_at)


def load_state(house: House, *, grace: timedelta) -> State:
    """Return how the house stands now.

    Args:
        house: the installation.
        grace: how long after its end an hour may still be on its way.
    """
    now = house.clock.now()
    low, high = floor_hour(now) - DAY, floor_hour(now - grace) - HOUR
    with house.warehouse() as warehouse:
        first, newest = warehouse.query(load_query("report", "find_first_cycle")).row(0)
        day = _ask(warehouse, "export_cycles", low=low, high=high)
        present = set(day.filter(pl.col("status").is_in(FINISHED))["hour_at"])
        expected = tuple(find_hours(max(first, low), high)) if first else ()
        return State(
            newest=_load_overview(warehouse, newest) if newest else None,
            counts=_ask(warehouse, "load_counts_state", hour_at=newest),
            broken_sums=_ask(warehouse, "count_broken_sums", hour_at=newest)["broken"][0],
            expected_hours=expected,
            absent_hours=tuple(hour for hour in expected if hour not in present),
        )


def _load_overview(warehouse: Warehouse, hour_at: datetime) -> Overview:
    cycles = _ask(warehouse, "export_cycles", low=hour_at, high=hour_at)
    return Overview(
        hour_at=hour_at,
        cycle=cycles.row(0, named=True) if cycles.height else {},
        mirrors=_ask(warehouse, "load_mirrors", hour_at=hour_at),
        findings=sort_worst_first(_ask(warehouse, "load_open_findings", hour_at=hour_at)),
        sources=_ask(warehouse, "export_snapshots", low=hour_at, high=hour_at),
    )


def _ask(warehouse: Warehouse, name: str, **params: Any) -> pl.DataFrame:
    return warehouse.query(load_query("wiring", name), **params)
