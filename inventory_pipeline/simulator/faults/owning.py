"""Faults at the owner: the record and the shelf part company."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.faults.planned import (
    MINUTE,
    Ground,
    Member,
    Planned,
)
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.words import SHELF, STOREFRONT
from inventory_pipeline.simulator.world import Papers


class OwnerEditedWithoutMovement(Planned):
    """Somebody changes the owner's record itself; every mirror is off by it."""

    cause = "owner_edited_without_movement"
    mirrors = (STOREFRONT,)
    is_lone = True

    def spread(self, layout: Layout) -> None:
        others = (mirror for mirror in layout.mirrors if mirror != self.mirror)
        self.others = [Member(self, self.key, mirror) for mirror in others]

    def arrange(self) -> None:
        self._units = self.stage.stream.choice((-1, 1)) * self.size
        self.stage.plan(self.find_work_moment(self.hour), self._edit)

    def _edit(self) -> None:
        now = self.stage.now
        room = self.stage.actual.find_room(self.key)
        places = room.bins[self.key]
        place = max(places, key=lambda name: places[name])
        places[place] += self._units
        keeper = self.stage.layout.find_place(self.location_id).keeper
        for one in (self, *self.others):
            one.prove(now, keeper, "record edited without a movement", units=self._units)
            one.shift(-self._units, now)


class OfRecord(Planned):
    """Base: no mirror is wrong; the record of the place itself is."""

    mirrors = (SHELF,)
    has_gap = False
    is_lone = True

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.is_home and ground.item.pack_units == 1

    def count(self, units: int, count_id: str) -> str:
        """Write down what somebody counted; return the id of the movement."""
        papers = Papers(count_id, actor="counting")
        return self.stage.world.note("count", self.key, units, papers=papers).movement_id

    @property
    def record(self) -> int:
        return self.stage.actual.find_room(self.key).count(self.key)


class Shrinkage(OfRecord):
    """Goods are gone, a count finds it, and nobody has written them off yet."""

    cause = "shrinkage"
    lead = 3

    def arrange(self) -> None:
        at = self.find_work_moment(self.hour)
        self.stage.plan(at - self.draw_hours(0.5, 3), self._lose)
        self.stage.plan(at, self._count)

    def _lose(self) -> None:
        self.stage.world.pick(self.key, self.size)
        self.prove(self.stage.now, "shop", "goods are gone", units=-self.size)

    def _count(self) -> None:
        now, found = self.stage.now, self.stage.world.count(self.key)
        if found == self.record:
            return
        counted = self.count(found, self.stage.shop.floor.open_count())
        self.units = found - self.record
        self.begin(now)
        self.prove(now, SHELF, "counted", counted, found)


class WrongBin(OfRecord):
    """Goods lie in another bin: one is counted short, the other over."""

    cause = "wrong_bin"
    looks_like = "shrinkage"
    lead = 3
    tail = 8

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return super().fits(ground) and len(ground.item.bins) > 1

    def arrange(self) -> None:
        at = self.find_work_moment(self.hour)
        (self._face, _), (self._rack, _) = self.stage.world.items[self.sku].bins
        self.stage.plan(at - self.draw_hours(0.5, 3), self._carry)
        self.stage.plan(at, partial(self._count, is_first=True))
        again_at = at + self.draw_hours(1, 4)
        self.stage.plan(again_at, partial(self._count, is_first=False))

    def _carry(self) -> None:
        there = self.stage.world.count_bins(self.key)[self._face]
        self._carried = min(self.size, there)
        self.stage.world.move_bins(self.key, self._carried, source=self._face, target=self._rack)
        self.prove(self.stage.now, "shop", "put in another bin", units=self._carried)

    def _count(self, *, is_first: bool) -> None:
        """Count one bin; the place as a whole is what is on record but for that bin."""
        now = self.stage.now
        recorded = self.stage.actual.shelf.bins[self.key]
        found = self.stage.world.count_bins(self.key)
        counted_bin = self._face if is_first else self._rack
        variance = found[counted_bin] - recorded[counted_bin]
        standing = self.record + variance if is_first else self.record
        movement_id = self.count(standing, self.stage.shop.floor.open_count())
        entity = f"{self.sku}/{self.location_id}/{counted_bin}"
        line = ("bin_count", entity, str(found[counted_bin]), now, "counted")
        self.stage.shop.papers.setdefault(SHELF, []).append(line)
        self.prove(now, SHELF, f"bin {counted_bin} counted", movement_id, variance)
        self.prove(now, SHELF, "bin count", f"bin_count:{entity}", found[counted_bin])
        if is_first:
            self.units = variance
            self.begin(now)
        else:
            self.units, self.ended_at, self.known_from = 0, now, now


class PhantomZeroSales(OfRecord):
    """Goods that sold every other hour are gone; the record has them, and nobody buys one."""

    cause = "phantom_zero_sales"
    lead = 8
    tail = 12
    wants_still = True

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        place = ground.layout.find_place(ground.location_id)
        return place.keeper == SHELF and place.walk_ins > 0 and ground.item.pack_units == 1

    def arrange(self) -> None:
        at = self.find_work_moment(self.hour)
        shift = self.stage.layout.find_place(self.location_id).shift
        moment = self.stage.start + 10 * MINUTE
        while moment < at:
            moment += self.draw_hours(0.12, 0.5)
            if shift.is_open(moment) and moment < at:
                self.trigger("pos_sale", moment, 1)
        self.stage.plan(at, self._vanish)

    def _vanish(self) -> None:
        now, there = self.stage.now, self.stage.world.count(self.key)
        self.stage.world.pick(self.key, there)
        self.units = -self.record
        self.begin(now)
        self.prove(now, "shop", "goods are gone", units=-there)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        is_sale = movement.kind == "pos_sale" and delivery.path.is_inner
        if is_sale and self.started_at is None and movement.recorded_at > self._proof_from:
            self.tell_movement(movement)
        return (delivery,)

    @property
    def _proof_from(self) -> datetime:
        return self.stage.start + self.hour * HOUR - 4 * HOUR


class TrueStockout(OfRecord):
    """All is sold, and everyone says so."""

    cause = "true_stockout"
    tail = 8
    wants_still = True

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        item = ground.item
        is_small = item.count(ground.location_id) <= 60
        return ground.is_home and item.safety_stock == 0 and item.pack_units == 1 and is_small

    def arrange(self) -> None:
        self.mirror, self.fact = "", ON_HAND
        self.at = self.find_moment(self.hour)
        self.stage.plan(self.at, self._buy)

    def _buy(self) -> None:
        free = self.stage.actual.storefront.find_available(self.key)
        moment = self.stage.now
        while free > 0:
            units = min(free, self.stage.stream.randint(6, 15))
            moment += timedelta(seconds=self.stage.stream.randint(60, 700))
            self.order(moment, units)
            free -= units

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        is_out = delivery.path.is_inner and movement.kind == "shipment"
        if is_out and self.record + self.compute_effect(movement) <= 0:
            self.tell_movement(movement)
            self.begin(movement.recorded_at)
        return (delivery,)
