"""Spots: finds goods for each fault, so that no two causes share a sku unless they are meant to."""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.simulator.faults.planned import Ground, Planned, Spot
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.names import SHAPES
from inventory_pipeline.simulator.paths import Batch
from inventory_pipeline.simulator.shop import Goods
from inventory_pipeline.simulator.words import ERP, Bundle, Item, Key

# Gaps of one to five units matter most; larger ones are among them too.
SIZES = (1, 2, 3, 4, 5, 6, 8, 12)
SIZE_WEIGHTS = (4, 5, 5, 4, 3, 2, 2, 1)
CROWD = (10, 14)
# Stock a fault may not bring to its end: a number that reaches 0 tells less than the truth.
SPARE_PACKS = 10
FAMILIES = tuple(shape.code for shape in SHAPES)
Kinds = Sequence[type[Planned]]


class Spots:
    """Gives out goods, each sku once."""

    def __init__(self, goods: Goods, layout: Layout, stream: Random) -> None:
        self._goods = goods
        self._layout = layout
        self._stream = stream
        self._free = {sku for sku, item in goods.items.items() if item.lines_per_day > 0}
        self._ghosts = 0

    def find(self, kinds: Kinds) -> Spot | None:
        """Return a spot on which all of ``kinds`` can strike; none: there is none left."""
        mirrors = [
            name
            for name in (*self._layout.mirrors, "shelf")
            if all(name in kind.mirrors for kind in kinds)
        ]
        self._stream.shuffle(mirrors)
        for mirror in mirrors:
            spot = self._find_at(mirror, kinds)
            if spot is not None:
                self._free -= {sku for sku, _ in spot.keys}
                return spot
        return None

    def _find_at(self, mirror: str, kinds: Kinds) -> Spot | None:
        shape = kinds[0].shape
        finders: dict[str, Callable[[str, Kinds], Spot | None]] = {
            "key": self._find_key,
            "family": self._find_family,
            "crowd": self._find_crowd,
            "skus": self._find_two_skus,
            "places": self._find_two_places,
            "component": self._find_component,
            "ghost": self._find_ghost,
        }
        return finders[shape](mirror, kinds)

    def _find_grounds(self, mirror: str, kinds: Kinds) -> list[tuple[Item, str]]:
        found = []
        for item, place in self._find_free():
            ground = Ground(self._layout, item, place, mirror)
            if all(kind.fits(ground) for kind in kinds):
                found.append((item, place))
        return found

    def _find_free(self) -> Iterator[tuple[Item, str]]:
        for item in self._goods.items.values():
            if item.sku in self._free:
                for place in item.locations:
                    if item.count(place) >= SPARE_PACKS * item.pack_units:
                        yield item, place

    def _find_key(self, mirror: str, kinds: Kinds) -> Spot | None:
        grounds = self._find_grounds(mirror, kinds)
        if not grounds:
            return None
        item, place = self._stream.choice(grounds)
        return Spot(mirror, ((item.sku, place),), self._draw_size([item], place))

    def _find_family(self, mirror: str, kinds: Kinds) -> Spot | None:
        """Return siblings: two to six skus of one shape, at one place."""
        by_family: dict[tuple[str, str], list[Item]] = {}
        for item, place in self._find_grounds(mirror, kinds):
            family = item.sku.split("-")[0]
            if family in FAMILIES:
                by_family.setdefault((family, place), []).append(item)
        fit = [(place, items) for (_, place), items in by_family.items() if len(items) > 1]
        if not fit:
            return None
        place, items = self._stream.choice(fit)
        keys = tuple((item.sku, place) for item in items[:6])
        return Spot(mirror, keys, self._draw_size(items, place))

    def _find_crowd(self, mirror: str, kinds: Kinds) -> Spot | None:
        grounds = self._find_grounds(mirror, kinds)
        home = [(item, place) for item, place in grounds if place == item.locations[0]]
        count = self._stream.randint(*CROWD)
        if len(home) < count:
            return None
        keys: tuple[Key, ...] = tuple(
            (item.sku, place) for item, place in self._stream.sample(home, count)
        )
        return Spot(mirror, keys, 1)

    def _find_two_skus(self, mirror: str, kinds: Kinds) -> Spot | None:
        grounds = self._find_grounds(mirror, kinds)
        home = [(item, place) for item, place in grounds if item.pack_units == 1]
        if not home:
            return None
        item, place = self._stream.choice(home)
        partners = [other for other, there in home if there == place and other is not item]
        if not partners:
            return None
        other = self._stream.choice(partners)
        keys = ((item.sku, place), (other.sku, place))
        return Spot(mirror, keys, self._draw_size([item, other], place))

    def _find_two_places(self, mirror: str, kinds: Kinds) -> Spot | None:
        grounds = [
            (item, place)
            for item, place in self._find_grounds(mirror, kinds)
            if sum(item.count(at) >= SPARE_PACKS * item.pack_units for at in item.stock) > 1
        ]
        if not grounds:
            return None
        item, place = self._stream.choice(grounds)
        others = [
            at
            for at in item.stock
            if at != place and item.count(at) >= SPARE_PACKS * item.pack_units
        ]
        keys = ((item.sku, place), (item.sku, self._stream.choice(others)))
        return Spot(mirror, keys, self._draw_size([item], keys[1][1]))

    def _find_component(self, mirror: str, kinds: Kinds) -> Spot | None:
        home = self._layout.home.location_id
        fit: list[tuple[Bundle, str]] = [
            (bundle, part)
            for bundle in self._goods.bundles.values()
            for part, _ in bundle.bill
            if part in self._free and all(sku in self._free for sku, _ in bundle.bill)
        ]
        if not fit:
            return None
        bundle, part = self._stream.choice(fit)
        return Spot(mirror, ((part, home),), 1, bundle.sku)

    def _find_ghost(self, mirror: str, kinds: Kinds) -> Spot | None:
        self._ghosts += 1
        family = self._stream.choice(FAMILIES)
        key = f"{family}-OLDSTYLE-{self._ghosts}", self._layout.home.location_id
        return Spot(mirror, (key,), self._stream.choices(SIZES, weights=SIZE_WEIGHTS)[0])

    def _draw_size(self, items: Sequence[Item], place: str) -> int:
        """Return a size in whole packs of every item, well below what lies there."""
        pack = max(item.pack_units for item in items)
        packs = min(item.count(place) for item in items) // pack
        drawn = self._stream.choices(SIZES, weights=SIZE_WEIGHTS)[0]
        return max(1, min(drawn, packs // 3)) * pack


def find_wait(spot: Spot, layout: Layout) -> int:
    """Return how many hours may pass before the mirror hears of anything at all."""
    delay = layout.erp_delay
    if spot.mirror != ERP or not isinstance(delay, Batch):
        return 0
    return math.ceil(delay.every / HOUR)


def draw_hour(
    kinds: Kinds, spot: Spot, layout: Layout, *, start: datetime, hours: int, stream: Random
) -> int:
    """Return an hour that leaves every kind what it needs before and after."""
    first = 2 + max(kind.lead for kind in kinds)
    last = max(first, hours - 1 - max(kind.tail for kind in kinds) - find_wait(spot, layout))
    shift = layout.find_place(spot.keys[0][1]).shift
    hour = stream.randint(first, last)
    for _ in range(24):
        if shift.is_open(start + hour * HOUR + timedelta(minutes=30)):
            return hour
        hour = stream.randint(first, last)
    return hour
