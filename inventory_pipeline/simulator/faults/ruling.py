"""Faults of rules: a setting changed, and every item of a family shows it."""

from collections.abc import Sequence
from dataclasses import replace

from inventory_pipeline.simulator.configuration import Setting
from inventory_pipeline.simulator.deliveries import Delivery
from inventory_pipeline.simulator.faults.planned import CHANNELS, Ground, Planned, Together
from inventory_pipeline.simulator.words import ERP, STOREFRONT


class RuleChange(Together):
    """Base: at one moment a setting takes the same units off every number of a family."""

    kind: str
    actor = "rule_engine"

    def arrange(self) -> None:
        self.stage.plan(self.find_work_moment(self.hour), self._change)

    def build_setting(self) -> Setting:
        """Return the line of the setting."""
        safety = self.stage.world.items[self.sku].safety_stock
        return Setting(
            self.stage.now, self.mirror, self.kind, self.subject, str(safety),
            str(safety + self.size), "operations",
        )  # fmt: skip

    def _change(self) -> None:
        now = self.stage.now
        name = self.stage.shop.settings.write(self.build_setting())
        for one in self.struck:
            change_id = self.system.shift(one.key, -self.size, changed_at=now, actor=self.actor)
            one.prove(now, self.mirror, f"{self.kind} changed", name)
            one.prove(now, self.mirror, "lowered by rule", change_id)
            one.shift(-self.size, now)
            self.tell_document(one)

    def tell_document(self, one: Planned) -> None:
        """Write down what else tells of the rule: nothing."""


class SafetyStockRule(RuleChange):
    """The mirror keeps more in reserve than the catalogue says."""

    cause = "safety_stock_rule"
    kind = "safety_stock"

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.item.case_units == 1


class ChannelReservation(RuleChange):
    """Part of the pool is held for another channel."""

    cause = "channel_reservation"
    mirrors = (STOREFRONT,)
    kind = "channel_reservation"
    actor = "allocation"

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.item.case_units == 1

    def build_setting(self) -> Setting:
        return Setting(
            self.stage.now, self.mirror, self.kind, f"wholesale:{self.subject}", "0",
            str(self.size), "operations",
        )  # fmt: skip

    def tell_document(self, one: Planned) -> None:
        entity = f"wholesale/{one.sku}/{one.location_id}"
        line = ("channel_reservation", entity, str(self.size), self.stage.now, "active")
        self.stage.shop.papers.setdefault(STOREFRONT, []).append(line)
        one.prove(self.stage.now, STOREFRONT, "reserved", f"channel_reservation:{entity}")


class FieldMapping(Together):
    """A mapping hands over on hand where available is meant: promises are not taken off."""

    cause = "field_mapping"
    mirrors = CHANNELS
    tail = 12

    def arrange(self) -> None:
        self.at = self.find_work_moment(self.hour)
        self.stage.plan(self.at, self._change)
        for one in self.struck:
            for _ in range(2):
                one.stage = self.stage
                pack = self.stage.world.items[one.sku].pack_units
                units = self.stage.stream.randint(1, 3) * pack
                one.order(self.at + self.draw_hours(-1, 8), units)

    def _change(self) -> None:
        now = self.stage.now
        setting = Setting(
            now, self.mirror, "field_mapping", self.subject, "available", "on_hand", "integration"
        )
        name = self.stage.shop.settings.write(setting)
        for one in self.struck:
            promised = self.stage.actual.storefront.committed[one.key]
            level = self.system.find_level(one.key)
            change_id = self.system.set_level(
                one.key, level + promised, changed_at=now, actor="stock_sync"
            )
            path = self.stage.layout.find_feed_to(self.mirror, one.location_id).name
            self.stage.shop.middleware.mappings[path, one.key] = ("stock_v2", now)
            one.prove(now, self.mirror, "field mapping changed", name)
            one.prove(now, self.mirror, "on hand written as available", change_id)
            one.shift(promised, now)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        if not self.is_heard_by_mirror(delivery) or movement.recorded_at < self.at:
            return (delivery,)
        one = self.find_member(movement.key)
        units = {
            "order_placed": 0, "order_cancelled": 0, "shipment": -movement.units,
        }.get(movement.kind)  # fmt: skip
        if units is None:
            return (delivery,)
        one.shift(units - self.compute_effect(movement), delivery.heard_at)
        return (replace(delivery, units=units),)


class TruthMoment(Together):
    """The books take goods off when they are ordered; everyone else when they leave."""

    cause = "truth_moment"
    mirrors = (ERP,)
    tail = 12

    @classmethod
    def fits(cls, ground: Ground) -> bool:
        return ground.item.case_units == 1

    def arrange(self) -> None:
        self.at = self.find_moment(self.hour)
        self._taken: set[str] = set()
        self.stage.plan(self.at, self._change)
        for one in self.struck:
            one.stage = self.stage
            for _ in range(2):
                pack = self.stage.world.items[one.sku].pack_units
                units = self.stage.stream.randint(1, 3) * pack
                one.order(self.at + self.draw_hours(0.1, 9), units)

    def _change(self) -> None:
        setting = Setting(
            self.stage.now, ERP, "posting_moment", self.subject, "shipment", "order", "erp.admin"
        )
        name = self.stage.shop.settings.write(setting)
        for one in self.struck:
            one.prove(self.stage.now, ERP, "posting moment changed", name)

    def distort(self, delivery: Delivery) -> Sequence[Delivery]:
        movement = delivery.movement
        if movement.recorded_at < self.at:
            return (delivery,)
        if delivery.path.name == "checkout":
            return self._post_early(delivery)
        is_taken = movement.kind == "shipment" and movement.reference_id in self._taken
        if self.is_heard_by_mirror(delivery) and is_taken:
            one = self.find_member(movement.key)
            one.shift(movement.units, delivery.heard_at)
            return (replace(delivery, units=0),)
        return (delivery,)

    def _post_early(self, delivery: Delivery) -> Sequence[Delivery]:
        """Let the books hear of an order, or of one that is taken back."""
        movement = delivery.movement
        sign = {"order_placed": -1, "order_cancelled": 1}.get(movement.kind, 0)
        if movement.kind == "order_placed":
            self._taken.add(movement.reference_id)
        if not sign or movement.reference_id not in self._taken:
            return (delivery,)
        one = self.find_member(movement.key)
        path = self.stage.layout.find_feed_to(ERP, movement.location_id)
        heard_at = path.delay.find_heard_at(movement.recorded_at, self.stage.stream)
        one.tell_movement(movement)
        one.shift(sign * movement.units, heard_at)
        posted = one.watch(
            delivery, "posted at the order", path=path, heard_at=heard_at, actor=path.name,
            units=sign * movement.units,
        )  # fmt: skip
        return delivery, posted


class ForeignBulkScript(Together):
    """A script nobody announced writes to many items in one minute."""

    cause = "foreign_bulk_script"
    mirrors = CHANNELS
    shape = "crowd"

    def arrange(self) -> None:
        at = self.find_moment(self.hour)
        self.stage.plan(at, self._run)

    def _run(self) -> None:
        now, stream = self.stage.now, self.stage.stream
        for one in self.struck:
            pack = self.stage.world.items[one.sku].pack_units
            units = stream.choice((-1, 1)) * stream.randint(1, 6) * pack
            level = self.system.find_level(one.key)
            change_id = self.system.set_level(
                one.key, level + units, changed_at=now, actor="api_client_17"
            )
            one.prove(now, self.mirror, "written by a script", change_id, units)
            one.shift(units, now)
