"""Suppliers: purchase orders and the goods that arrive on them."""

from datetime import datetime, timedelta
from functools import partial
from random import Random

from inventory_pipeline.simulator.catalogue import MEAN_UNITS_PER_LINE
from inventory_pipeline.simulator.demand import draw_seconds
from inventory_pipeline.simulator.words import ERP, Item, Key
from inventory_pipeline.simulator.world import Papers, World

# Share of keys with goods already under way on opening day.
UNDER_WAY_SHARE = 0.25
REVIEW_HOUR_UTC = 16
COVER_DAYS = 18
REORDER_DAYS = 12
SPLIT_SHARE = 0.2
SPLIT_FROM_PACKS = 6


class Suppliers:
    """Orders what runs low once a day, and lets it arrive."""

    def __init__(self, world: World, stream: Random) -> None:
        self._world = world
        self._stream = stream
        self._on_order: dict[Key, int] = {}
        self._purchases = 0

    def open(self) -> None:
        """Let goods be under way that were ordered before opening day."""
        for key in self._find_keys():
            units = self._find_cover(key, COVER_DAYS)
            wait = draw_seconds(self._stream, timedelta(hours=2), timedelta(days=6))
            if self._stream.random() < UNDER_WAY_SHARE:
                self.deliver(key, units, self.open_purchase(), self._world.timeline.now + wait)

    def review(self, hour_at: datetime) -> None:
        """Order what runs low, if this is the hour in which the buyer looks."""
        if hour_at.hour != REVIEW_HOUR_UTC:
            return
        for key in self._find_keys():
            stock = self._world.count(key) + self._on_order.get(key, 0)
            if stock < self._find_cover(key, REORDER_DAYS):
                wait = draw_seconds(self._stream, timedelta(minutes=5), timedelta(minutes=50))
                self._world.timeline.plan(hour_at + wait, partial(self._order, key))

    def deliver(self, key: Key, units: int, purchase_id: str, moment: datetime) -> None:
        """Let goods arrive at ``moment`` or when the doors open next; large ones in two parts."""
        queue = draw_seconds(self._stream, timedelta(minutes=10), timedelta(hours=4))
        shift = self._world.layout.find_place(key[1]).shift
        arrives_at = shift.find_open_moment(moment, queue=queue)
        pack = self._world.items[key[0]].pack_units
        first = units
        if units >= SPLIT_FROM_PACKS * pack and self._stream.random() < SPLIT_SHARE:
            first = units // pack * 3 // 5 * pack
            late = shift.find_open_moment(arrives_at + timedelta(days=1), queue=queue)
            self.expect(key, units - first, purchase_id, late)
        self.expect(key, first, purchase_id, arrives_at)

    def expect(self, key: Key, units: int, purchase_id: str, arrives_at: datetime) -> None:
        """Let goods arrive at exactly ``arrives_at``."""
        self._on_order[key] = self._on_order.get(key, 0) + units
        self._world.timeline.plan(arrives_at, partial(self._receive, key, units, purchase_id))

    def _receive(self, key: Key, units: int, purchase_id: str) -> None:
        self._on_order[key] -= units
        self._world.record(
            "receipt",
            key,
            units,
            papers=Papers(purchase_id, actor="receiving"),
            bins=self._world.put(key, units),
        )

    def post(self, key: Key, units: int) -> str:
        """Post a purchase order now; return its number. Whoever posts lets the goods come."""
        purchase_id = self.open_purchase()
        self._world.record(
            "purchase_order_posted",
            key,
            units,
            papers=Papers(purchase_id, actor="buying"),
            system=ERP,
        )
        return purchase_id

    def _order(self, key: Key) -> None:
        units = self._find_cover(key, COVER_DAYS)
        purchase_id = self.post(key, units)
        lead = timedelta(days=self._world.items[key[0]].lead_days)
        self.deliver(key, units, purchase_id, self._world.timeline.now + lead)

    def open_purchase(self) -> str:
        """Return the number of a new purchase order."""
        self._purchases += 1
        return f"PO-{4_500 + self._purchases}"

    def _find_keys(self) -> list[Key]:
        return [
            (item.sku, place)
            for item in self._world.items.values()
            for place in item.locations
            if item.lines_per_day > 0
        ]

    def _find_cover(self, key: Key, days: int) -> int:
        """Return the units that last ``days`` at the place, in whole packs, at least one."""
        item: Item = self._world.items[key[0]]
        share = self._world.layout.find_place(key[1]).share
        packs = item.lines_per_day * MEAN_UNITS_PER_LINE * share * days
        return max(1, round(packs)) * item.pack_units
