"""Faults of dropping: a word that never changes the number."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.quantities import COMMITTED
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.faults.planned import CHANNELS, MINUTE, Ground, Member, Planned
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.words import ERP, STOREFRONT, THREEPL

DROPPED: Sequence[Delivery] = ()


class Once(Planned):
    """A fault that strikes one movement: the first of its kind from its moment on.

    Attributes:
        kinds: what may be struck; one is drawn.
    """

    kinds: ClassVar[tuple[str, ...]]

    def arrange(self) -> None:
        stream = self.stage.stream
        self.kind = stream.choice(self.find_kinds())
        is_online = self.kind in ("order_placed", "order_cancelled")
        find = self.find_moment if is_online else self.find_work_moment
        self.at: datetime = find(self.hour)
        self.is_done = False
        self.trigger(self.kind, self.at)

    def find_kinds(self) -> tuple[str, ...]:
        """Return the kinds that can happen to these goods."""
        return self.kinds

    def decoy(self) -> None:
        """Let a movement of the same kind and size happen nearby, and nothing go wrong with it."""
        kind = self.kind if self.kind != "adjustment" else "damage"
        self.trigger(kind, self.at + self.draw_hours(0.5, 3))

    def is_struck(self, delivery: Delivery) -> bool:
        """Return whether this is the one; at most once true."""
        movement = delivery.movement
        is_it = (
            not self.is_done
            and self.is_heard_by_mirror(delivery)
            and movement.key == self.key
            and movement.kind == self.kind
            and movement.recorded_at >= self.at
            and self.compute_effect(movement) != 0
        )
        self.is_done = self.is_done or is_it
        return is_it

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        return self.strike(delivery) if self.is_struck(delivery) else (delivery,)

    def strike(self, delivery: Delivery) -> Sequence[Delivery]:
        """Return what arrives of the one: nothing."""
        self.tell_movement(delivery.movement)
        self.prove(delivery.heard_at, delivery.path.name, "never delivered")
        self.shift(-self.compute_effect(delivery.movement), delivery.heard_at)
        self.tell_symptom(delivery.heard_at)
        # The storefront's own order book knows what its number does not.
        return (replace(delivery, units=0),) if delivery.path.is_inner else DROPPED


class MovementDropped(Once):
    """A receipt, a breakage or a cancellation that the mirror never hears of.

    A parcel of the 3PL that the books never hear of is ``threepl_confirmation_missing``.
    """

    cause = "movement_dropped"

    def find_kinds(self) -> tuple[str, ...]:
        if self.mirror == ERP:
            is_theirs = self.stage.layout.find_place(self.location_id).keeper == THREEPL
            return ("damage",) if is_theirs else ("shipment", "damage")
        kinds = ["receipt", "damage", "order_cancelled"]
        if self.stage.layout.find_place(self.location_id).walk_ins:
            kinds.append("pos_sale")
        return tuple(kinds)


class ReceiptNotPosted(Once):
    """Goods are booked in where they lie, and the books never hear of it."""

    cause = "receipt_not_posted"
    mirrors = (ERP,)
    kinds = ("receipt",)


class Promised(Member):
    """The number of another channel: right, and due less by a promise that nobody kept."""

    @property
    def correction_fact(self) -> str:
        return COMMITTED


class ThreeplConfirmationMissing(Once):
    """The 3PL shipped; the books, or the order book, think the goods are still there."""

    cause = "threepl_confirmation_missing"
    mirrors = (ERP, STOREFRONT)
    kinds = ("shipment",)
    tail = 8

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.layout.find_place(ground.location_id).keeper == THREEPL

    @property
    def correction_fact(self) -> str:
        # The storefront fell at the order; what it still holds is the promise.
        return COMMITTED if self.mirror == STOREFRONT else self.fact

    def spread(self, layout: Layout) -> None:
        if self.mirror == STOREFRONT:
            others = (channel for channel in layout.channels if channel != STOREFRONT)
            self.others = [Promised(self, self.key, channel) for channel in others]

    def is_struck(self, delivery: Delivery) -> bool:
        if self.mirror == ERP:
            return super().is_struck(delivery)
        movement = delivery.movement
        is_it = (
            not self.is_done
            and self.is_heard_by_mirror(delivery)
            and movement.kind == self.kind
            and movement.recorded_at >= self.at
        )
        self.is_done = self.is_done or is_it
        return is_it

    def strike(self, delivery: Delivery) -> Sequence[Delivery]:
        if self.mirror == ERP:
            return super().strike(delivery)
        # The number fell at the order; what stays is the promise, and every channel is due less.
        for one in (self, *self.others):
            one.tell_movement(delivery.movement)
            one.prove(delivery.heard_at, delivery.path.name, "never delivered")
            one.shift(delivery.movement.units, delivery.heard_at)
            one.tell_symptom(delivery.heard_at)
        return DROPPED


class GoodReturnNotRestocked(Once):
    """A box came back well, went to its bin, and the mirror was not told."""

    cause = "good_return_not_restocked"
    kinds = ("return_received",)
    tail = 12

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.is_home


class CountWrittenOnce(Once):
    """A cycle count corrected the shelf and nobody else."""

    cause = "count_written_once"
    kinds = ("adjustment",)
    lead = 3

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.is_home


class DecrementMissing(Once):
    """An order is placed and the number stays."""

    cause = "decrement_missing"
    mirrors = CHANNELS
    kinds = ("order_placed",)

    def strike(self, delivery: Delivery) -> Sequence[Delivery]:
        self.tell_movement(delivery.movement)
        self.prove(delivery.heard_at, self.mirror, "never decremented")
        self.shift(-self.compute_effect(delivery.movement), delivery.heard_at)
        self.tell_symptom(delivery.heard_at)
        return (replace(delivery, units=0),)


class AdditionsNotPropagated(Planned):
    """The mirror hears of every sale and of nothing that comes back in."""

    cause = "additions_not_propagated"
    tail = 10
    is_lone = True

    def arrange(self) -> None:
        # One lost addition is an accident; what the second one was is a path.
        self.looks_like = "receipt_not_posted" if self.mirror == ERP else "movement_dropped"
        self._lost = 0
        self.at = self.find_work_moment(self.hour)
        self.trigger("receipt", self.at)
        self.trigger("receipt", self._find_second())
        for _ in range(self.stage.stream.randint(0, 1)):
            self.trigger("receipt", self.find_work_moment(self.hour + self._draw_wait()))
        for _ in range(3):
            self.order(self.find_moment(self.hour + self._draw_wait() / 2), self._find_pack())

    def _find_second(self) -> datetime:
        """Return when the next delivery comes: the same shift unpacks it, if need be late."""
        moment = self.find_work_moment(self.hour + self.stage.stream.uniform(0.5, 3))
        late = self.at + self.draw_hours(0.2, 1.5)
        return moment if self.at < moment < self.at + 4 * HOUR else late

    def _draw_wait(self) -> float:
        return self.stage.stream.uniform(1.5, 8)

    def _find_pack(self) -> int:
        return self.stage.world.items[self.sku].pack_units

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        effect = self.compute_effect(movement)
        is_physical = movement.kind != "order_cancelled"
        is_due = movement.recorded_at >= self.at and effect > 0 and is_physical
        if not is_due or not self.is_heard_by_mirror(delivery):
            return (delivery,)
        self._lost += 1
        if self._lost == 2:
            self.known_from = delivery.heard_at
        self.tell_movement(movement)
        self.shift(-effect, delivery.heard_at)
        self.tell_symptom(delivery.heard_at)
        return DROPPED


class BundleComponent(Planned):
    """A set is sold, and the mirror takes nothing off its component."""

    cause = "bundle_component"
    mirrors = CHANNELS
    shape = "component"
    tail = 8
    is_lone = True

    def arrange(self) -> None:
        self.at = self.find_moment(self.hour)
        self._silent: set[str] = set()
        for _ in range(self.stage.stream.randint(2, 4)):
            self.order(self.at + self.draw_hours(0, 5) + MINUTE, 1, sku=self.spot.bundle_sku)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        if not self.is_heard_by_mirror(delivery) or movement.recorded_at < self.at:
            return (delivery,)
        if movement.kind == "order_placed" and movement.cause_id:
            self._silent.add(movement.reference_id)
            self.prove(movement.recorded_at, movement.system, "set ordered", movement.cause_id)
            self.tell_movement(movement)
        elif movement.kind != "order_cancelled" or movement.reference_id not in self._silent:
            return (delivery,)
        self.shift(-self.compute_effect(movement), delivery.heard_at)
        self.tell_symptom(delivery.heard_at)
        return (replace(delivery, units=0),)
