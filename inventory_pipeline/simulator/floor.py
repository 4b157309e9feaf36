"""The shop floor: breakage, quiet loss, and the cycle counts that find it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.simulator.demand import draw_seconds
from inventory_pipeline.simulator.systems.opening import Systems
from inventory_pipeline.simulator.words import Key
from inventory_pipeline.simulator.world import Papers, World

# Mean number in an hour of work.
COUNTS = 0.8
BREAKAGES = 0.2
LOSSES = 0.25
# Goods go missing only where plenty are free, so that an honest day needs no refunds.
PLENTY = 8


class Floor:
    """What happens at home besides orders and deliveries. Only eaches: no case is ever broken."""

    def __init__(self, world: World, systems: Systems, stream: Random) -> None:
        self._world = world
        self._systems = systems
        self._stream = stream
        self._keys = [
            (item.sku, world.layout.home.location_id)
            for item in world.items.values()
            if item.pack_units == 1 and item.lines_per_day > 0
        ]
        self._counts = 0

    def plan_hour(self, hour_at: datetime) -> None:
        """Plan what happens in the hour that starts at ``hour_at``."""
        happenings: tuple[tuple[float, Callable[[Key], object]], ...] = (
            (COUNTS, self.count),
            (BREAKAGES, self._break),
            (LOSSES, self._lose),
        )
        for mean, happen in happenings:
            elapsed = self._stream.expovariate(mean)
            key = self._stream.choice(self._keys)
            at = hour_at + timedelta(seconds=int(elapsed * HOUR.total_seconds()))
            if elapsed < 1 and self._world.layout.home.shift.is_open(at):
                self._world.timeline.plan(at, partial(happen, key))

    def _has_plenty(self, key: Key) -> bool:
        free = self._systems.storefront.find_available(key)
        return min(free, self._world.count(key)) >= PLENTY

    def _break(self, key: Key) -> None:
        if self._has_plenty(key):
            papers = Papers(actor="picking")
            self._world.record("damage", key, 1, papers=papers, bins=self._world.pick(key, 1))

    def _lose(self, key: Key) -> None:
        """One unit goes, and nobody hears of it before somebody counts."""
        if self._has_plenty(key):
            self._world.pick(key, 1)
            wait = draw_seconds(self._stream, timedelta(hours=4), timedelta(hours=30))
            now = self._world.timeline.now
            counted_at = self._world.layout.home.shift.find_open_moment(
                now + wait, queue=timedelta(minutes=50)
            )
            self._world.timeline.plan(counted_at, partial(self.count, key))

    def open_count(self) -> str:
        """Return the number of a new cycle count."""
        self._counts += 1
        return f"CC-{800 + self._counts}"

    def count(self, key: Key) -> str:
        """Count every bin; write the variance first, then the number that now stands."""
        papers = Papers(self.open_count(), actor="counting")
        recorded = self._systems.shelf.bins[key]
        found = self._world.count_bins(key)
        bins = tuple(
            (place, found[place] - units)
            for place, units in recorded.items()
            if found[place] != units
        )
        variance = sum(units for _, units in bins)
        if variance:
            self._world.record("adjustment", key, variance, papers=papers, bins=bins)
        self._world.timeline.plan(
            self._world.timeline.now + timedelta(seconds=1),
            partial(self._write_count, key, papers),
        )
        return papers.reference_id

    def _write_count(self, key: Key, papers: Papers) -> None:
        standing = sum(self._systems.shelf.bins[key].values())
        self._world.record("count", key, standing, papers=papers)
