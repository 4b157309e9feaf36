"""Counters: people who walk into a place, buy and carry it home; and goods carried between."""

from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate
from random import Random

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.simulator.demand import draw_seconds, draw_units
from inventory_pipeline.simulator.systems.opening import Systems
from inventory_pipeline.simulator.words import Item, Key
from inventory_pipeline.simulator.world import Papers, World

# A van drives some hours; what is carried is a few packs of something.
TRAVELS = (timedelta(hours=2), timedelta(hours=9))
CARRIED_PACKS = (2, 6)


class Counters:
    """Sells over the counter what is really there and promised to nobody."""

    def __init__(self, world: World, systems: Systems, stream: Random) -> None:
        self._world = world
        self._systems = systems
        self._stream = stream
        self._sales = 0
        self._kept = {
            place.location_id: [i for i in world.items.values() if place.location_id in i.stock]
            for place in world.layout.places
            if place.walk_ins
        }
        self._weights = {
            place: list(accumulate(item.lines_per_day for item in kept))
            for place, kept in self._kept.items()
        }

    def plan_hour(self, hour_at: datetime) -> None:
        """Plan who walks in during the hour that starts at ``hour_at``."""
        for place, kept in self._kept.items():
            spot = self._world.layout.find_place(place)
            elapsed = self._stream.expovariate(spot.walk_ins)
            while elapsed < 1:
                (item,) = self._stream.choices(kept, cum_weights=self._weights[place])
                at = hour_at + timedelta(seconds=int(elapsed * HOUR.total_seconds()))
                units = draw_units(item, self._stream)
                if spot.shift.is_open(at):
                    self._world.timeline.plan(at, partial(self.sell, (item.sku, place), units))
                elapsed += self._stream.expovariate(spot.walk_ins)

    def sell(self, key: Key, units: int) -> bool:
        """Sell now, if so much lies there free; return whether it was sold."""
        promised = self._systems.storefront.committed[key]
        if self._world.count(key) - promised < units:
            return False
        self._sales += 1
        papers = Papers(f"POS-{60_000 + self._sales}", actor="till")
        bins = self._world.pick(key, units)
        self._world.record("pos_sale", key, units, papers=papers, bins=bins)
        return True


class Vans:
    """Carries goods between places: gone here, there some hours later."""

    def __init__(self, world: World, systems: Systems, stream: Random) -> None:
        self._world = world
        self._systems = systems
        self._stream = stream
        self._transfers = 0
        self._items = [item for item in world.items.values() if len(item.stock) > 1]

    def plan_hour(self, hour_at: datetime) -> None:
        """Plan what leaves in the hour that starts at ``hour_at``."""
        mean = self._world.layout.trade.transfers / 24
        if not mean or not self._items:
            return
        elapsed = self._stream.expovariate(mean)
        while elapsed < 1:
            item = self._stream.choice(self._items)
            source, target = self._stream.sample(item.locations, 2)
            units = self._stream.randint(*CARRIED_PACKS) * item.pack_units
            at = hour_at + timedelta(seconds=int(elapsed * HOUR.total_seconds()))
            wait = draw_seconds(self._stream, *TRAVELS)
            if self._world.layout.find_place(source).shift.is_open(at):
                carry = partial(self._carry_if_free, item, source, target, units, wait)
                self._world.timeline.plan(at, carry)
            elapsed += self._stream.expovariate(mean)

    def _carry_if_free(
        self, item: Item, source: str, target: str, units: int, wait: timedelta
    ) -> None:
        key = item.sku, source
        free = min(self._systems.storefront.find_available(key), self._world.count(key))
        if free >= units + item.pack_units:
            self.carry(key, target, units, wait)

    def carry(self, key: Key, target: str, units: int, wait: timedelta) -> str:
        """Let goods leave now; return the number of the transfer."""
        self._transfers += 1
        reference_id = f"TR-{300 + self._transfers}"
        papers = Papers(reference_id, actor="dispatch", destination_id=target)
        left = self._world.record(
            "transfer_out", key, units, papers=papers, bins=self._world.pick(key, units)
        )
        shift = self._world.layout.find_place(target).shift
        arrives_at = shift.find_open_moment(
            self._world.timeline.now + wait, queue=timedelta(minutes=35)
        )
        arrived = Papers(reference_id, left.movement_id, "receiving")
        self._world.timeline.plan(
            arrives_at, partial(self._arrive, (key[0], target), units, arrived)
        )
        return reference_id

    def find_next_transfer(self) -> str:
        """Return the number that the next transfer will have."""
        return f"TR-{300 + self._transfers + 1}"

    def _arrive(self, key: Key, units: int, papers: Papers) -> None:
        self._world.record(
            "transfer_in", key, units, papers=papers, bins=self._world.put(key, units)
        )
