"""Paths: who tells whom what, and how long the word takes.

The same table moves the simulated messages and becomes ``handoffs:`` of the YAML file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Protocol

BATCH_TAKES = timedelta(minutes=10)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
PHYSICAL = (
    "shipment", "pos_sale", "receipt", "return_received", "transfer_out", "transfer_in",
    "adjustment", "damage", "write_off",
)  # fmt: skip
ORDERS = ("order_placed", "order_cancelled", "return_initiated")


class Delay(Protocol):
    """How long a word takes."""

    def find_heard_at(self, moved_at: datetime, stream: Random) -> datetime:
        """Return when the target hears of what happened at ``moved_at``."""

    def find_runs(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield (started, finished) of every run that finishes from ``start`` to before ``end``."""


@dataclass(frozen=True)
class AtOnce:
    """The system tells itself: the scan is the record."""

    def find_heard_at(self, moved_at: datetime, stream: Random) -> datetime:
        return moved_at

    def find_runs(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        return iter(())


@dataclass(frozen=True)
class Event:
    """A push within some seconds; a share of them dawdles.

    Attributes:
        late_share: of words that take up to ``latest_seconds``; none of them, as a rule.
    """

    fastest_seconds: int
    slowest_seconds: int
    late_share: float = 0.0
    latest_seconds: int = 0

    def find_heard_at(self, moved_at: datetime, stream: Random) -> datetime:
        slowest = self.slowest_seconds
        if self.late_share and stream.random() < self.late_share:
            slowest = self.latest_seconds
        return moved_at + timedelta(seconds=stream.randint(self.fastest_seconds, slowest))

    def find_runs(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        return iter(())


@dataclass(frozen=True)
class Batch:
    """A run every so often: all that moved up to the cut-off, posted some minutes later.

    Attributes:
        every: a divisor of a day. at: time of one cut-off of the day, UTC.
    """

    every: timedelta
    takes: timedelta
    at: time = time()

    def find_heard_at(self, moved_at: datetime, stream: Random) -> datetime:
        return self.find_next_cutoff(moved_at) + self.takes

    def find_next_cutoff(self, moment: datetime) -> datetime:
        """Return the first cut-off at or after ``moment``."""
        anchor = datetime.combine(moment.date(), self.at, tzinfo=UTC)
        return anchor - (anchor - moment) // self.every * self.every

    def find_last_cutoff(self, moment: datetime) -> datetime:
        """Return the last cut-off whose batch is posted at ``moment``."""
        return self.find_next_cutoff(moment - self.takes + SECOND) - self.every

    def find_runs(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        cutoff = self.find_next_cutoff(start - self.takes)
        while cutoff + self.takes < end:
            yield cutoff, cutoff + self.takes
            cutoff += self.every


@dataclass(frozen=True)
class Pickup:
    """A file carried over every so many minutes past the hour, and read some seconds later.

    What happens on the very minute waits for the next one.
    """

    every: timedelta
    reading: timedelta

    def find_heard_at(self, moved_at: datetime, stream: Random) -> datetime:
        midnight = moved_at.replace(hour=0, minute=0, second=0)
        return midnight + ((moved_at - midnight) // self.every + 1) * self.every + self.reading

    def find_runs(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        began = start.replace(minute=0, second=0)
        while began + self.reading < end:
            if began + self.reading >= start:
                yield began, began + self.reading
            began += self.every


NIGHTLY = Batch(DAY, BATCH_TAKES, time(2, 0))


@dataclass(frozen=True)
class Path:
    """One way a word takes.

    Attributes:
        places: only movements there take it; empty: all.
        is_notice: it only says that goods are on their way, to who keeps their destination.
        max_delay: what the shop calls normal; the YAML file promises it. For a batch it
            counts from the cut-off: whatever moved before is in the batch.
    """

    name: str
    source: str
    target: str
    carries: tuple[str, ...]
    delay: Delay
    max_delay: timedelta
    places: tuple[str, ...] = ()
    is_notice: bool = False

    @property
    def is_inner(self) -> bool:
        """Return whether a system tells itself."""
        return self.source == self.target
