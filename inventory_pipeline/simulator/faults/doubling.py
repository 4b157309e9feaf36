"""Faults of doubling and of bending: a word that counts twice, or for something else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from inventory_pipeline.simulator.configuration import Setting
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.faults.dropping import Once
from inventory_pipeline.simulator.faults.planned import (
    CHANNELS,
    Ground,
    Member,
    Planned,
    Spot,
)
from inventory_pipeline.simulator.words import ERP

# How often the unit is not mistaken but never applied: eaches are posted as cases.
NEVER_APPLIED_SHARE = 0.15


class DoubleDecrement(Once):
    """One order lowers the number twice: by two ways of hearing of it."""

    cause = "double_decrement"
    mirrors = CHANNELS
    kinds = ("order_placed",)

    def strike(self, delivery: Delivery) -> Sequence[Delivery]:
        wait = timedelta(seconds=self.stage.stream.randint(2, 40))
        again_at = delivery.heard_at + wait
        self.tell_movement(delivery.movement)
        self.shift(self.compute_effect(delivery.movement), again_at)
        event_id = self.stage.shop.middleware.open_event()
        return (
            self.watch(delivery, "decremented", actor="webhook"),
            self.watch(
                delivery, "decremented again", actor="direct_capture", heard_at=again_at,
                event_id=event_id,
            ),
        )  # fmt: skip


class EventDuplicated(Once):
    """One event is delivered twice under the same id."""

    cause = "event_duplicated"

    def find_kinds(self) -> tuple[str, ...]:
        if self.mirror == ERP:
            return ("receipt", "shipment", "damage")
        return ("receipt", "damage", "order_cancelled", "return_received")[: 4 - (not self._home)]

    @property
    def _home(self) -> bool:
        return self.location_id == self.stage.layout.home.location_id

    def strike(self, delivery: Delivery) -> Sequence[Delivery]:
        wait = timedelta(seconds=self.stage.stream.randint(3, 900))
        is_batch = self.mirror == ERP and delivery.heard_at.second == 0
        again_at = delivery.heard_at + (timedelta() if is_batch else wait)
        self.tell_movement(delivery.movement)
        self.shift(self.compute_effect(delivery.movement), again_at)
        return (
            self.watch(delivery, "applied"),
            self.watch(delivery, "applied again", heard_at=again_at, attempt=2),
        )


class DamagedReturnRestocked(Once):
    """A broken thing came back, went to quarantine, and the mirror sells it."""

    cause = "damaged_return_restocked"
    kinds = ("return_received",)
    tail = 12

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.is_home

    def trigger(self, kind: str, at: object, units: int | None = None) -> None:
        self.stage.plan(self.at, partial(self.send_back, units or self.size, "damaged"))

    def is_struck(self, delivery: Delivery) -> bool:
        movement = delivery.movement
        is_it = (
            not self.is_done
            and self.is_heard_by_mirror(delivery)
            and movement.kind == self.kind
            and movement.recorded_at >= self.at
            and movement.disposition == "damaged"
        )
        self.is_done = self.is_done or is_it
        return is_it

    def strike(self, delivery: Delivery) -> Sequence[Delivery]:
        units = delivery.movement.units
        self.tell_movement(delivery.movement)
        self.shift(units, delivery.heard_at)
        return (self.watch(delivery, "restocked", units=units),)

    def decoy(self) -> None:
        """Let a good box come back too."""
        self.stage.plan(
            self.at + self.draw_hours(0.5, 2), partial(self.send_back, self.size, "sellable")
        )


class ReturnCreditedEarly(Planned):
    """The mirror adds the goods when the return is announced; the box closes the gap."""

    cause = "return_credited_early"
    mirrors = CHANNELS
    tail = 16
    is_coming = True

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.is_home

    def arrange(self) -> None:
        self.at = self.find_moment(self.hour)
        self._return_id = ""
        self.stage.plan(self.at, self._announce)

    def _announce(self) -> None:
        self._return_id = self.stage.customers.find_next_return()
        self.send_back(self.size, "sellable", is_coming=self.is_coming)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        is_ours = self._return_id and movement.reference_id == self._return_id
        if not is_ours or not self.is_heard_by_mirror(delivery):
            return (delivery,)
        self.tell_movement(movement)
        if movement.kind == "return_initiated":
            self.shift(movement.units, delivery.heard_at)
            return (self.watch(delivery, "credited before the box", units=movement.units),)
        self.shift(-movement.units, delivery.heard_at)
        self.ended_at = delivery.heard_at
        return (replace(delivery, units=0),)


class ReturnNeverArrived(ReturnCreditedEarly):
    """The same, and the box is overdue."""

    cause = "return_never_arrived"
    looks_like = "return_credited_early"
    tail = 27
    is_coming = False

    def arrange(self) -> None:
        super().arrange()
        self.known_from = self.at + timedelta(days=self.stage.layout.return_due_days)


class UnitFactor(Planned):
    """From one day on the books post a case as another case."""

    cause = "unit_factor"
    mirrors = (ERP,)
    tail = 8
    is_lone = True

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.item.case_units > 1

    def arrange(self) -> None:
        item = self.stage.world.items[self.sku]
        self.at = self.find_moment(self.hour)
        is_even = item.pack_units % (2 * item.case_units) == 0
        self.wrong_units = item.case_units * 2 if is_even else item.case_units // 2
        if self.stage.stream.random() < NEVER_APPLIED_SHARE:
            self.wrong_units = 1
        self.stage.plan(self.at, self._change)
        for wait in (0, 2.5):
            moment = self.find_work_moment(self.hour + 1 + wait)
            self.trigger("receipt", moment)
        self.trigger("shipment", self.find_moment(self.hour + 1), item.pack_units)

    @property
    def _case(self) -> int:
        return self.stage.world.items[self.sku].case_units

    def _change(self) -> None:
        setting = Setting(
            self.stage.now, ERP, "unit_factor", self.sku, str(self._case),
            str(self.wrong_units), "erp.admin",
        )  # fmt: skip
        self.prove(
            self.stage.now, ERP, "unit factor changed", self.stage.shop.settings.write(setting)
        )

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        effect = self.compute_effect(movement)
        is_ours = self.is_heard_by_mirror(delivery) and movement.recorded_at >= self.at
        if not is_ours or not effect:
            return (delivery,)
        # Eaches become cases of the wrong size; everyone reads them as cases of the right one.
        posted = effect * self._case // self.wrong_units
        self.tell_movement(movement)
        self.shift(posted - effect, delivery.heard_at)
        return (self.watch(delivery, "posted in another unit", units=posted),)


class Elsewhere(Planned):
    """Base: a word is booked on another key; two numbers are wrong, the sum is right."""

    is_lone = True
    what = "booked elsewhere"

    def __init__(self, hour: int, spot: Spot) -> None:
        super().__init__(hour, spot)
        self.others = [Member(self, spot.keys[1])]

    @property
    def hears(self) -> Sequence[tuple[str, str]]:
        return (self.key,)

    def misplace(self, delivery: Delivery) -> Sequence[Delivery]:
        """Return the word, booked on the other key."""
        (other,) = self.others
        effect = self.compute_effect(delivery.movement)
        for one, units in ((self, -effect), (other, effect)):
            one.tell_movement(delivery.movement)
            one.shift(units, delivery.heard_at)
        witness = other.watch(delivery, self.what).witness

        def note(change_id: str) -> None:
            witness(change_id)
            self.prove(delivery.heard_at, self.mirror, self.what, change_id)

        return (replace(delivery, key=other.key, witness=note),)


class SkuMapping(Elsewhere):
    """From a moment on, what is sold of one sku is taken off another."""

    cause = "sku_mapping"
    shape = "skus"
    tail = 6
    what = "booked on another sku"

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.item.case_units == 1

    def arrange(self) -> None:
        self.at = self.find_moment(self.hour)
        self._booked: set[str] = set()
        self.stage.plan(self.at, self._change)
        for _ in range(self.stage.stream.randint(1, 3)):
            pack = self.stage.world.items[self.sku].pack_units
            units = self.stage.stream.randint(1, 3) * pack
            self.order(self.at + self.draw_hours(0.1, 4), units)

    def _change(self) -> None:
        if self.stage.stream.random() < 0.5:
            setting = Setting(
                self.stage.now, self.mirror, "sku_mapping", self.sku, self.sku,
                self.others[0].sku, "integration",
            )  # fmt: skip
            self.stage.shop.settings.write(setting)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        if not self.is_heard_by_mirror(delivery) or movement.recorded_at < self.at:
            return (delivery,)
        if movement.kind == ("shipment" if self.mirror == ERP else "order_placed"):
            self._booked.add(movement.reference_id)
            return self.misplace(delivery)
        is_undone = movement.kind == "order_cancelled" and self.mirror != ERP
        if is_undone and movement.reference_id in self._booked:
            return self.misplace(delivery)
        return (delivery,)


class LocationPool(Elsewhere, Once):
    """What happened at one place is booked at another."""

    cause = "location_pool"
    shape = "places"
    kinds = ("receipt", "damage")
    what = "booked at another place"

    def strike(self, delivery: Delivery) -> Sequence[Delivery]:
        return self.misplace(delivery)

    def decoy(self) -> None:
        """A second one would be booked as well as this."""
        self.trigger(self.kind, self.at + self.draw_hours(0.5, 3))
