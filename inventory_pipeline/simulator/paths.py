"""Paths: who tells whom what, and how long the word takes.

The same table moves the simulated messages and becomes ``handoffs:`` of the YAML file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Protocol

from inventory_pipeline.simulator.words import (
    EAST,
    ERP,
    MAIN,
    SHELF,
    STOREFRONT,
    THREEPL,
    Movement,
)

BATCH_AT = time(2, 0)
BATCH_TAKES = timedelta(minutes=10)
DAY = timedelta(days=1)
PHYSICAL = ("shipment", "receipt", "return_received", "adjustment", "damage")
ORDERS = ("order_placed", "order_cancelled", "return_initiated")


class Delay(Protocol):
    """How long a word takes."""

    def find_heard_at(self, moved_at: datetime, stream: Random) -> datetime:
        """Return when the target hears of what happened at ``moved_at``."""


@dataclass(frozen=True)
class AtOnce:
    """The system tells itself: the scan is the record."""

    def find_heard_at(self, moved_at: datetime, stream: Random) -> datetime:
        return moved_at


@dataclass(frozen=True)
class Event:
    """A push within some seconds."""

    fastest_seconds: int
    slowest_seconds: int

    def find_heard_at(self, moved_at: datetime, stream: Random) -> datetime:
        seconds = stream.randint(self.fastest_seconds, self.slowest_seconds)
        return moved_at + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Pickup:
    """A file carried over every so many minutes past the hour, and read some seconds later."""

    every: timedelta
    reading: timedelta

    def find_heard_at(self, moved_at: datetime, stream: Random) -> datetime:
        midnight = moved_at.replace(hour=0, minute=0, second=0)
        return midnight + ((moved_at - midnight) // self.every + 1) * self.every + self.reading


@dataclass(frozen=True)
class Nightly:
    """One batch a day: everything that moved up to the cut-off, posted some minutes later."""

    def find_heard_at(self, moved_at: datetime, stream: Random) -> datetime:
        return find_next_cutoff(moved_at) + BATCH_TAKES


def find_next_cutoff(moment: datetime) -> datetime:
    """Return the first nightly cut-off at or after ``moment``."""
    cutoff = datetime.combine(moment.date(), BATCH_AT, tzinfo=UTC)
    return cutoff if moment <= cutoff else cutoff + DAY


def find_last_cutoff(moment: datetime) -> datetime:
    """Return the last nightly cut-off whose batch is posted at ``moment``."""
    return find_next_cutoff(moment - BATCH_TAKES + timedelta(seconds=1)) - DAY


@dataclass(frozen=True)
class Path:
    """One way a word takes.

    Attributes:
        location_id: only movements there take it; none: all.
        max_delay: what the shop calls normal; the YAML file promises it. For a nightly batch
            it counts from the cut-off: whatever moved before is in the batch.
    """

    name: str
    source: str
    target: str
    carries: tuple[str, ...]
    delay: Delay
    max_delay: timedelta
    location_id: str | None = None


_QUARTERLY = Pickup(timedelta(minutes=15), timedelta(seconds=40))
_MINUTES = timedelta(minutes=5)
_QUARTER = timedelta(minutes=20)
_NONE = timedelta(0)

PATHS = (
    Path("scan", SHELF, SHELF, PHYSICAL, AtOnce(), _NONE),
    Path("dock", THREEPL, THREEPL, PHYSICAL, AtOnce(), _NONE),
    Path("checkout", STOREFRONT, STOREFRONT, ORDERS, AtOnce(), _NONE),
    Path("order_capture", STOREFRONT, SHELF, ORDERS, Event(8, 120), _MINUTES, MAIN),
    Path("order_export", STOREFRONT, THREEPL, ORDERS, _QUARTERLY, _QUARTER, EAST),
    Path("stock_updates", SHELF, STOREFRONT, PHYSICAL, Event(5, 90), _MINUTES),
    Path("threepl_updates", THREEPL, STOREFRONT, PHYSICAL, _QUARTERLY, _QUARTER),
    Path("wms_to_erp", SHELF, ERP, PHYSICAL, Nightly(), _QUARTER),
    Path("threepl_to_erp", THREEPL, ERP, PHYSICAL, Nightly(), _QUARTER),
)


def find_paths(movement: Movement) -> Iterator[Path]:
    """Yield every path the movement takes, its own system's first."""
    for path in PATHS:
        if (
            path.source == movement.system
            and movement.kind in path.carries
            and path.location_id in (None, movement.location_id)
        ):
            yield path
