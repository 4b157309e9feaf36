"""Faults of touching: somebody or something changes what a system holds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.demand import Wish
from inventory_pipeline.simulator.faults.fault import Fault, Stage
from inventory_pipeline.simulator.paths import NIGHTLY
from inventory_pipeline.simulator.words import ERP, MAIN


class Overwrite(Fault):
    """A fault that sets a number in the storefront."""

    def set_available(
        self, stage: Stage, units: int, actor: str, source_at: datetime | None = None
    ) -> None:
        """Overwrite the storefront's number of this fault's goods now."""
        now = stage.world.timeline.now
        change_id = stage.actual.storefront.set_level(
            self.key, units, changed_at=now, actor=actor, source_at=source_at
        )
        self.begin(now, change_id)

    def mend(self, stage: Stage) -> None:
        """Set the number to what it should be; the fault is over."""
        now = stage.world.timeline.now
        stage.actual.storefront.set_level(
            self.key, stage.clean.storefront.free[self.key], changed_at=now, actor="resync"
        )
        self.ended_at = now


class ManualEdit(Overwrite):
    """Somebody types a number into the storefront's admin page; a day later it is put right."""

    name = "manual_edit_mirror"
    cause = "manual_edit_mirror"
    size = 7
    lasts = 30 * HOUR

    def prepare(self, stage: Stage) -> None:
        self.settle_on(stage.choose(lambda i: i.abc_class == "B" and i.pack_units == 1))
        moment = stage.find_moment(self.hour)
        stage.world.timeline.plan(moment, partial(self._edit, stage))
        stage.world.timeline.plan(moment + self.lasts, partial(self.mend, stage))

    def _edit(self, stage: Stage) -> None:
        units = stage.actual.storefront.find_available(self.key) + self.size
        self.set_available(stage, units, actor="admin")


class Oversell(Overwrite):
    """The story of 4 and 2: two on the shelf, four advertised, three ordered, two shipped.

    The third is refunded.
    """

    name = "oversell"
    cause = "manual_edit_mirror"
    opening_units = 2
    advertised_units = 4
    ordered_units = 3

    def prepare(self, stage: Stage) -> None:
        self.settle_on(
            stage.choose(lambda i: i.lines_per_day == 0 and i.bins[0][1] == self.opening_units)
        )
        edit = partial(self.set_available, stage, self.advertised_units, "admin")
        stage.world.timeline.plan(stage.find_moment(self.hour), edit)
        wish = Wish(
            at=stage.find_moment(self.hour + 2),
            lines=((self.sku, self.ordered_units),),
            sources=(MAIN,),
            picking=timedelta(hours=2),
            queue=timedelta(minutes=25),
        )
        stage.customers.expect(wish)


class FalseStockout(Overwrite):
    """A message "0" from before the delivery is sent again a day later and wins."""

    name = "false_stockout"
    cause = "stale_overwrite"
    received_units = 12
    lasts = 20 * HOUR

    def prepare(self, stage: Stage) -> None:
        self.settle_on(stage.choose(lambda i: i.lines_per_day == 0 and i.bins[0][1] == 0))
        purchase_id = stage.suppliers.open_purchase()
        received_at = stage.find_moment(max(0, self.hour - 20))
        stage.suppliers.expect(self.key, self.received_units, purchase_id, received_at)
        moment = stage.find_moment(self.hour)
        empty_at = received_at - timedelta(minutes=30)
        stage.world.timeline.plan(moment, partial(self._empty, stage, empty_at))
        stage.world.timeline.plan(moment + self.lasts, partial(self.mend, stage))

    def _empty(self, stage: Stage, empty_at: datetime) -> None:
        self.set_available(stage, 0, actor="sync_retry", source_at=empty_at)


class GhostRow(Overwrite):
    """An import leaves a row in the storefront that nobody owns and no bin holds."""

    name = "ghost_row"
    cause = "ghost_row"
    size = 3

    def prepare(self, stage: Stage) -> None:
        self.settle_on(("LAN-OLDSTYLE-2", MAIN))
        plant = partial(self.set_available, stage, self.size, "bulk_import")
        stage.world.timeline.plan(stage.find_moment(self.hour), plant)


class MissingRow(Fault):
    """A product page is gone; the goods are not."""

    name = "missing_row"
    cause = "missing_row"
    opening_units = 12

    def prepare(self, stage: Stage) -> None:
        self.settle_on(
            stage.choose(lambda i: i.lines_per_day == 0 and i.bins[0][1] == self.opening_units)
        )
        stage.world.timeline.plan(stage.find_moment(self.hour), partial(self._delist, stage))

    def _delist(self, stage: Stage) -> None:
        stage.actual.storefront.delisted.add(self.key)
        self.begin(stage.world.timeline.now)


class UnitFactor(Fault):
    """The ERP takes a case of 12 for a case of 24, from one nightly batch on."""

    name = "unit_factor"
    cause = "unit_factor"
    mirror = ERP
    fact = ON_HAND
    wrong_units = 24

    def prepare(self, stage: Stage) -> None:
        # Traded by the two dozen, so that the wrong case still divides every quantity.
        self.settle_on(stage.choose(lambda i: i.pack_units == self.wrong_units))
        posted_at = NIGHTLY.find_next_cutoff(stage.find_moment(self.hour)) + NIGHTLY.takes
        stage.world.timeline.plan(posted_at, partial(self._change_factor, stage))

    def _change_factor(self, stage: Stage) -> None:
        stage.actual.erp.factors[self.sku] = self.wrong_units
        self.begin(stage.world.timeline.now)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        if self.started_at is None or delivery.path.target != ERP:
            return (delivery,)
        if not self.is_about(delivery.movement):
            return (delivery,)
        return (replace(delivery, witness=self.record_ids.append),)
