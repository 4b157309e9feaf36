"""Triggers: what slow paths expose, and which of them becomes an event push first.

The advice is closed: make it a push, or nothing. A run once more closes no lag that the clock
of the path makes, and who is right about a fact has nothing to do with how news travels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import polars as pl

from inventory_pipeline.ledger.paths import Path

CONVERT = "convert_to_event"
REACH = timedelta(hours=24)
_HOUR = 3600.0


@dataclass(frozen=True)
class Exposure:
    """What a path's clock keeps from its target; eaches.

    Attributes:
        units_per_hour: sold where the path leads to, else where it comes from.
        exposed_units: sold in one interval: what can be wrong before the next run.
        uncertain_units: sold since the last poll.
    """

    units_per_hour: float | None
    exposed_units: int | None
    uncertain_units: int | None

    @property
    def advice(self) -> str:
        return CONVERT if self.exposed_units or self.uncertain_units else ""


def measure_velocities(sales: pl.DataFrame, *, as_of: datetime) -> dict[str, float]:
    """Return system → units it sold an hour of the last day.

    A system that tells of orders sells them; one that does not sells what it ships.

    Args:
        sales: rows of ``measure_sales``.
    """
    if sales.is_empty():
        return {}
    first = min(sales["first_at"].to_list())
    hours = max(1.0, (as_of - max(first, as_of - REACH)).total_seconds() / _HOUR)
    found: dict[str, float] = {}
    for row in sales.sort("system", "is_order").iter_rows(named=True):
        found[row["system"]] = row["units"] / hours  # orders come last and stand
    return found


def measure_exposure(
    path: Path, velocities: Mapping[str, float], last_success_at: datetime | None, as_of: datetime
) -> Exposure:
    """Return what one path exposes; nothing where nobody sells or news is pushed."""
    sold = velocities.get(path.target) or velocities.get(path.source)
    sold = sold or max(velocities.values(), default=None)
    if sold is None or path.sync.trigger == "event":
        return Exposure(sold, None, None)
    interval = path.interval
    is_polled = path.sync.trigger == "poll" and last_success_at is not None
    age = as_of - last_success_at if is_polled and last_success_at else None
    return Exposure(
        units_per_hour=sold,
        exposed_units=None if interval is None else _count(sold, interval),
        uncertain_units=None if age is None else _count(sold, age),
    )


def _count(per_hour: float, length: timedelta) -> int:
    return max(0, round(per_hour * length.total_seconds() / _HOUR))


def rank_conversions(
    paths: Sequence[Path],
    exposures: Mapping[tuple[str, str, str], Exposure],
    *,
    channel_key: Literal["recency", "revenue"],
) -> dict[tuple[str, str, str], int]:
    """Return the place of each path that should become a push: the quickest sellers first."""

    def find_place(path: Path) -> tuple[Any, ...]:
        per_day = round((exposures[path.key].units_per_hour or 0.0) * 24)
        opened = path.handoff.opened_on or date.min
        newest, largest = -opened.toordinal(), -(path.handoff.revenue or 0.0)
        by_channel = (newest, largest) if channel_key == "recency" else (largest, newest)
        return -per_day, *by_channel, path.key

    slow = [path for path in paths if exposures[path.key].advice]
    return {path.key: place for place, path in enumerate(sorted(slow, key=find_place), start=1)}


def is_late(path: Path, last_success_at: datetime | None, *, as_of: datetime) -> bool:
    """Return whether a run was due and has not ended well.

    A path of which no run is known is not late but unobserved.
    """
    if last_success_at is None or path.interval is None:
        return False
    return as_of - last_success_at > path.interval + path.handoff.max_delay
