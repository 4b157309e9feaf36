"""Demand: what customers want, hour by hour, whether or not the shop has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.simulator.words import Item

CUSTOMERS_CLOCK = ZoneInfo("America/Los_Angeles")
# Weight of each local hour of the day: asleep, commuting, lunch, the evening on the sofa.
HOUR_WEIGHTS = (
    1.0, 0.6, 0.4, 0.3, 0.4, 0.8, 1.8, 3.0, 4.2, 5.0, 5.6, 6.0,
    6.2, 5.8, 5.5, 5.4, 5.6, 6.0, 6.6, 7.0, 6.8, 5.4, 3.6, 2.0,
)  # fmt: skip
# Monday to Sunday; mean 1.
WEEKDAY_FACTORS = (0.95, 0.90, 0.90, 0.95, 1.05, 1.15, 1.10)
LINES_WEIGHTS = (62, 26, 12)
UNITS_WEIGHTS = (70, 20, 6, 4)
MEAN_LINES = 1.5
EAST_SHARE = 0.3
CANCEL_SHARE = 0.03
RETURN_SHARE = 0.08
SELLABLE_SHARE = 0.8


@dataclass(frozen=True)
class Homecoming:
    """How one line of an order comes back.

    Attributes:
        starts_after: from shipment to the customer's announcement.
        travels: from there to the receiving desk.
    """

    starts_after: timedelta
    travels: timedelta
    disposition: str


@dataclass(frozen=True)
class Wish:
    """One customer, with everything about them that chance decides.

    Drawn before the shop is asked, so that a fault changes what the shop does and never
    what the customers want.

    Attributes:
        lines: (sku, units).
        picking: from order to shipment, while people work.
        queue: the order's turn when it waited for the doors to open.
        cancels_after: from order to a change of mind; none: keeps it.
    """

    at: datetime
    lines: tuple[tuple[str, int], ...]
    is_east: bool
    picking: timedelta
    queue: timedelta
    cancels_after: timedelta | None = None
    homecoming: Homecoming | None = None


def draw_seconds(stream: Random, shortest: timedelta, longest: timedelta) -> timedelta:
    """Return a length between the two, in whole seconds."""
    return timedelta(
        seconds=stream.randint(int(shortest.total_seconds()), int(longest.total_seconds()))
    )


class Demand:
    """Draws the wishes of an hour: a Poisson number, at random seconds of it."""

    def __init__(self, items: Sequence[Item], stream: Random) -> None:
        self._stream = stream
        self._items = [item for item in items if item.lines_per_day > 0]
        self._weights = list(accumulate(item.lines_per_day for item in self._items))

    def draw_wishes(self, hour_at: datetime) -> list[Wish]:
        """Return the wishes of the hour that starts at ``hour_at``, in order of time."""
        seconds_between = HOUR.total_seconds() / self.compute_orders(hour_at)
        wishes, elapsed = [], self._stream.expovariate(1) * seconds_between
        while elapsed < HOUR.total_seconds():
            wishes.append(self._draw_wish(hour_at + timedelta(seconds=int(elapsed))))
            elapsed += self._stream.expovariate(1) * seconds_between
        return wishes

    def compute_orders(self, hour_at: datetime) -> float:
        """Return the mean number of orders in the hour."""
        local = hour_at.astimezone(CUSTOMERS_CLOCK)
        share = HOUR_WEIGHTS[local.hour] / sum(HOUR_WEIGHTS)
        return self._weights[-1] / MEAN_LINES * share * WEEKDAY_FACTORS[local.weekday()]

    def _draw_wish(self, at: datetime) -> Wish:
        stream = self._stream
        return Wish(
            at=at,
            lines=self._draw_lines(),
            is_east=stream.random() < EAST_SHARE,
            picking=draw_seconds(stream, timedelta(minutes=75), timedelta(hours=6)),
            queue=draw_seconds(stream, timedelta(minutes=5), timedelta(hours=3)),
            cancels_after=self._draw_change_of_mind(),
            homecoming=self._draw_homecoming(),
        )

    def _draw_lines(self) -> tuple[tuple[str, int], ...]:
        count = self._stream.choices((1, 2, 3), weights=LINES_WEIGHTS)[0]
        chosen = self._stream.choices(self._items, cum_weights=self._weights, k=count)
        unique = {item.sku: item for item in chosen}
        return tuple((item.sku, self._draw_units(item)) for item in unique.values())

    def _draw_units(self, item: Item) -> int:
        weights = UNITS_WEIGHTS if item.pack_units == 1 else (85, 15, 0, 0)
        return item.pack_units * self._stream.choices((1, 2, 3, 4), weights=weights)[0]

    def _draw_change_of_mind(self) -> timedelta | None:
        after = draw_seconds(self._stream, timedelta(minutes=3), timedelta(minutes=40))
        return after if self._stream.random() < CANCEL_SHARE else None

    def _draw_homecoming(self) -> Homecoming | None:
        stream = self._stream
        homecoming = Homecoming(
            starts_after=draw_seconds(stream, timedelta(hours=8), timedelta(hours=60)),
            travels=draw_seconds(stream, timedelta(hours=14), timedelta(hours=60)),
            disposition="sellable" if stream.random() < SELLABLE_SHARE else "damaged",
        )
        return homecoming if stream.random() < RETURN_SHARE else None
