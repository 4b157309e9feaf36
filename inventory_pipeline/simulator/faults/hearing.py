"""Faults of hearing: a word that gets lost, comes twice, or comes in one direction only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from inventory_pipeline.model.movements import ORDER_MOMENT_SIGN
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.demand import Wish
from inventory_pipeline.simulator.faults.fault import Fault, Stage
from inventory_pipeline.simulator.systems.changes import compute_effect
from inventory_pipeline.simulator.words import ERP, MAIN

DROPPED: Sequence[Delivery] = ()


class DroppedReceipt(Fault):
    """Goods arrive, are booked in at MAIN, and the storefront is never told."""

    name = "movement_dropped"
    cause = "movement_dropped"
    size = 24

    def prepare(self, stage: Stage) -> None:
        self.settle_on(stage.choose(lambda i: i.abc_class == "B" and i.pack_units == 1))
        self._purchase_id = stage.suppliers.open_purchase()
        moment = stage.find_moment(self.hour)
        stage.suppliers.expect(self.key, self.size, self._purchase_id, moment)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        if delivery.path.name != "stock_updates" or movement.reference_id != self._purchase_id:
            return (delivery,)
        self.begin(delivery.heard_at, movement.movement_id)
        return DROPPED


class FirstComer(Fault):
    """A fault that strikes the first movement of a kind after its hour."""

    path: str
    kind: str
    least_units: int

    def prepare(self, stage: Stage) -> None:
        self._stage = stage
        self._from: datetime = stage.find_moment(self.hour)

    def is_struck(self, delivery: Delivery) -> bool:
        """Return whether this is the one; at most once true."""
        movement = delivery.movement
        if (
            self.started_at is not None
            or delivery.path.name != self.path
            or movement.kind != self.kind
            or movement.location_id != MAIN
            or movement.units < self.least_units
            or movement.moved_at < self._from
        ):
            return False
        item = self._stage.world.items[movement.sku]
        if item.pack_units > 1 or item.sku in self._stage.taken:
            return False
        self._stage.taken.add(item.sku)
        self.settle_on(movement.key)
        self.begin(delivery.heard_at, movement.movement_id)
        return True


class DroppedShipment(FirstComer):
    """A parcel leaves MAIN, and the nightly batch to the ERP forgets it."""

    name = "movement_dropped"
    cause = "movement_dropped"
    mirror = ERP
    fact = ON_HAND
    path = "wms_to_erp"
    kind = "shipment"
    least_units = 3

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        return DROPPED if self.is_struck(delivery) else (delivery,)


class DoubleDecrement(FirstComer):
    """One order lowers the storefront twice: by the webhook and by the direct capture."""

    name = "double_decrement"
    cause = "double_decrement"
    path = "checkout"
    kind = "order_placed"
    least_units = 2

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        if not self.is_struck(delivery):
            return (delivery,)
        again_at = delivery.heard_at + timedelta(seconds=4)
        self.started_at = again_at
        note = self.record_ids.append
        return (
            replace(delivery, actor="webhook", witness=note),
            replace(delivery, actor="direct_capture", heard_at=again_at, witness=note),
        )


class SubtractOnly(Fault):
    """The storefront hears of every sale of one sku and of nothing that comes back in.

    The story of 14 and 6: eight on the shelf, two sold, eight received, no word of them;
    a day later four more.
    """

    name = "additions_not_propagated"
    cause = "additions_not_propagated"
    opening_units = 8
    receipts = ((0, 8), (24, 4))
    sales = (-20, -14, 30)

    def prepare(self, stage: Stage) -> None:
        self.settle_on(
            stage.choose(lambda i: i.lines_per_day == 0 and i.bins[0][1] == self.opening_units)
        )
        for hours, units in self.receipts:
            purchase_id = stage.suppliers.open_purchase()
            moment = stage.find_moment(self.hour + hours)
            stage.suppliers.expect(self.key, units, purchase_id, moment)
        for hours in self.sales:
            wish = Wish(
                at=stage.find_moment(self.hour + hours),
                lines=((self.sku, 1),),
                sources=(MAIN,),
                picking=timedelta(hours=2),
                queue=timedelta(minutes=10),
            )
            stage.customers.expect(wish)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        if (
            delivery.path.name != "stock_updates"
            or not self.is_about(movement)
            or compute_effect(movement, ORDER_MOMENT_SIGN) <= 0
        ):
            return (delivery,)
        self.begin(delivery.heard_at, movement.movement_id)
        return DROPPED
