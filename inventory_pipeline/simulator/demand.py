"""Demand: what customers want, hour by hour, whether or not the shop has it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.words import Bundle, Item

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
BUNDLE_SHARE = 0.08
PROMOTED_SHARE = 0.1
PROMOTION_HOURS = (4, 10)
PROMOTION_FACTORS = (3.0, 6.0)
PEAK_HOURS = (2, 3)
PEAK_FACTORS = (6.0, 12.0)


@dataclass(frozen=True)
class Homecoming:
    """How one line of an order comes back.

    Attributes:
        starts_after: from shipment to the customer's announcement.
        travels: from there to the receiving desk; none: the box never comes.
    """

    starts_after: timedelta
    travels: timedelta | None
    disposition: str


@dataclass(frozen=True)
class Wish:
    """One customer, with everything about them that chance decides.

    Drawn before the shop is asked, so that a fault changes what the shop does and never
    what the customers want.

    Attributes:
        lines: (sku, units); a set is one line.
        sources: places that may send it, tried in turn.
        picking: from order to shipment, while people work.
        queue: the order's turn when it waited for the doors to open.
        cancels_after: from order to a change of mind; none: keeps it.
    """

    at: datetime
    lines: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    picking: timedelta
    queue: timedelta
    cancels_after: timedelta | None = None
    homecoming: Homecoming | None = None


@dataclass(frozen=True)
class Promotion:
    """A window in which some items are wanted more than usual; no sku: all of them are."""

    start: datetime
    end: datetime
    skus: frozenset[str]
    factor: float

    def covers(self, hour_at: datetime) -> bool:
        return self.start <= hour_at < self.end


def draw_seconds(stream: Random, shortest: timedelta, longest: timedelta) -> timedelta:
    """Return a length between the two, in whole seconds."""
    return timedelta(
        seconds=stream.randint(int(shortest.total_seconds()), int(longest.total_seconds()))
    )


def draw_promotions(
    items: Sequence[Item], layout: Layout, stream: Random, *, start: datetime, hours: int
) -> list[Promotion]:
    """Return the promotions and peaks of the whole run; a peak is a promotion of everything."""
    trade, days = layout.trade, hours / 24
    found = []
    skus = [item.sku for item in items if item.lines_per_day > 0]
    for mean, lengths, factors, share in (
        (trade.promotions, PROMOTION_HOURS, PROMOTION_FACTORS, PROMOTED_SHARE),
        (trade.peaks, PEAK_HOURS, PEAK_FACTORS, 1.0),
    ):
        for _ in range(round(mean * days)):
            began = start + stream.randrange(hours) * HOUR
            chosen = stream.sample(skus, round(share * len(skus))) if share < 1 else []
            length = stream.randint(*lengths) * HOUR
            factor = stream.uniform(*factors)
            found.append(Promotion(began, began + length, frozenset(chosen), factor))
    return found


class Demand:
    """Draws the wishes of an hour: a Poisson number, at random seconds of it."""

    def __init__(
        self,
        items: Sequence[Item],
        layout: Layout,
        stream: Random,
        *,
        bundles: Sequence[Bundle] = (),
        promotions: Sequence[Promotion] = (),
        spared: Iterable[str] = (),
    ) -> None:
        """Let nobody wish for ``spared`` skus: faults that need a still item take them."""
        self._layout = layout
        self._stream = stream
        held = frozenset(spared)
        self._items = [item for item in items if item.lines_per_day > 0 and item.sku not in held]
        self._bundles = bundles
        self._promotions = promotions
        self._weights = list(accumulate(item.lines_per_day for item in self._items))

    def draw_wishes(self, hour_at: datetime) -> list[Wish]:
        """Return the wishes of the hour that starts at ``hour_at``, in order of time."""
        weights = self._find_weights(hour_at)
        seconds_between = HOUR.total_seconds() / self._compute_orders(hour_at, weights)
        wishes, elapsed = [], self._stream.expovariate(1) * seconds_between
        while elapsed < HOUR.total_seconds():
            wishes.append(self._draw_wish(hour_at + timedelta(seconds=int(elapsed)), weights))
            elapsed += self._stream.expovariate(1) * seconds_between
        return wishes

    def compute_orders(self, hour_at: datetime) -> float:
        """Return the mean number of orders in the hour."""
        return self._compute_orders(hour_at, self._find_weights(hour_at))

    def _compute_orders(self, hour_at: datetime, weights: Sequence[float]) -> float:
        local = hour_at.astimezone(CUSTOMERS_CLOCK)
        share = HOUR_WEIGHTS[local.hour] / sum(HOUR_WEIGHTS)
        return weights[-1] / MEAN_LINES * share * WEEKDAY_FACTORS[local.weekday()]

    def _find_weights(self, hour_at: datetime) -> Sequence[float]:
        running = [each for each in self._promotions if each.covers(hour_at)]
        if not running:
            return self._weights
        return list(
            accumulate(item.lines_per_day * _find_factor(item.sku, running) for item in self._items)
        )

    def _draw_wish(self, at: datetime, weights: Sequence[float]) -> Wish:
        stream = self._stream
        return Wish(
            at=at,
            lines=self._draw_lines(weights),
            sources=self._layout.find_sources(stream.random()),
            picking=draw_seconds(stream, timedelta(minutes=75), timedelta(hours=6)),
            queue=draw_seconds(stream, timedelta(minutes=5), timedelta(hours=3)),
            cancels_after=self._draw_change_of_mind(),
            homecoming=self._draw_homecoming(),
        )

    def _draw_lines(self, weights: Sequence[float]) -> tuple[tuple[str, int], ...]:
        if self._bundles and self._stream.random() < BUNDLE_SHARE:
            return ((self._stream.choice(self._bundles).sku, 1),)
        count = self._stream.choices((1, 2, 3), weights=LINES_WEIGHTS)[0]
        chosen = self._stream.choices(self._items, cum_weights=weights, k=count)
        unique = {item.sku: item for item in chosen}
        return tuple((item.sku, draw_units(item, self._stream)) for item in unique.values())

    def _draw_change_of_mind(self) -> timedelta | None:
        after = draw_seconds(self._stream, timedelta(minutes=3), timedelta(minutes=40))
        return after if self._stream.random() < self._layout.trade.cancel_share else None

    def _draw_homecoming(self) -> Homecoming | None:
        stream, trade = self._stream, self._layout.trade
        announced, travels = (
            draw_seconds(stream, timedelta(hours=shortest), timedelta(hours=longest))
            for shortest, longest in (trade.return_hours, trade.travel_hours)
        )
        disposition = "sellable" if stream.random() < trade.sellable_share else "damaged"
        is_coming = stream.random() < trade.return_share
        return Homecoming(announced, travels, disposition) if is_coming else None


def draw_units(item: Item, stream: Random) -> int:
    """Return how many units one customer takes of an item, in whole packs."""
    weights = UNITS_WEIGHTS if item.pack_units == 1 else (85, 15, 0, 0)
    return item.pack_units * stream.choices((1, 2, 3, 4), weights=weights)[0]


def _find_factor(sku: str, running: Sequence[Promotion]) -> float:
    factor = 1.0
    for promotion in running:
        if not promotion.skus or sku in promotion.skus:
            factor *= promotion.factor
    return factor
