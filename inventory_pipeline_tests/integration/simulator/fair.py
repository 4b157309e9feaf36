"""A fair reader: what every number of an hour may honestly be, from exports and configuration.

It reads what any program may read. A movement so young that a mirror may or may not have
heard of it makes two numbers possible; nothing else does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from inventory_pipeline.model.movements import ORDER_MOMENT_SIGN
from inventory_pipeline_tests.integration.simulator.blind import compute_sums
from inventory_pipeline_tests.integration.simulator.simulated import Key, Moved, Simulated, Snapshot

ORDERS = ("order_placed", "order_cancelled")


@dataclass(frozen=True)
class Honest:
    """One number of a mirror and what it may be."""

    mirror: str
    key: Key
    shown: int
    possible: frozenset[int]


@dataclass(frozen=True)
class Fair:
    shop: Simulated

    def find(self, hour: str, *, skipped: set[tuple[str, str]]) -> Iterator[Honest]:
        """Every number that has an owner; ``skipped`` are (system, hour) that are not whole."""
        snapshots = {
            system: self.shop.snapshot(system, hour)
            for system in self.shop.settings.systems
            if system != "middleware" and (system, hour) not in skipped
        }
        for system in ("storefront", "marketplace", "erp"):
            mirror = snapshots.get(system)
            if mirror is None:
                continue
            for (fact, sku, place), shown in mirror.units.items():
                owner = snapshots.get(self.shop.owners[place])
                if fact == "committed" or owner is None:
                    continue
                possible = self._find_possible(system, (sku, place), snapshots, owner, mirror)
                if possible is not None:
                    yield Honest(system, (sku, place), shown, possible)

    def _find_possible(
        self,
        system: str,
        key: Key,
        snapshots: dict[str, Snapshot | None],
        owner: Snapshot,
        mirror: Snapshot,
    ) -> frozenset[int] | None:
        if ("on_hand", *key) not in owner.units:
            return None
        on_hand = owner.units["on_hand", *key]
        moves = [m for m in self.shop.movements_by_key[key] if m.on_hand]
        if self._is_batch(system):
            since = sum(m.on_hand for m in moves if mirror.as_of < m.recorded_at <= owner.as_of)
            return frozenset({on_hand - since})
        young = self._find_young(system, key, owner.as_of, mirror.as_of)
        if system == "erp":
            return frozenset(on_hand + extra for extra in compute_sums(young))
        book = snapshots.get("storefront")
        if book is None:
            return None
        free = on_hand - book.units["committed", *key] - self.shop.safety_stock[key[0]]
        young += self._find_young_orders(system, key, book.as_of, mirror.as_of)
        return frozenset(max(0, free + extra) for extra in compute_sums(young))

    def _is_batch(self, system: str) -> bool:
        return self.shop.settings.systems[system].sync.trigger == "batch"

    def _find_young(
        self, system: str, key: Key, owner_at: datetime, mirror_at: datetime
    ) -> list[int]:
        delay = self._delays[self.shop.owners[key[1]], system]
        young = []
        for move in self.shop.movements_by_key[key]:
            if not move.on_hand:
                continue
            # A shipment takes its promise with it: seen by the book, not yet by the number.
            if owner_at < move.recorded_at <= mirror_at:
                young.append(move.on_hand)
            elif mirror_at - delay < move.recorded_at <= owner_at:
                young.append(-move.on_hand)
            if self._may_be_unbooked(move, owner_at, mirror_at, delay):
                young += [move.units, -move.units]
        return young

    @staticmethod
    def _may_be_unbooked(
        move: Moved, owner_at: datetime, mirror_at: datetime, delay: timedelta
    ) -> bool:
        is_shipment = move.kind == "shipment"
        return is_shipment and min(owner_at, mirror_at - delay) < move.recorded_at <= mirror_at

    def _find_young_orders(
        self, system: str, key: Key, book_at: datetime, mirror_at: datetime
    ) -> list[int]:
        if system == "storefront":
            return []
        delay = self._delays["storefront", system]
        young = []
        for move in self.shop.movements_by_key[key]:
            effect = move.effect(ORDER_MOMENT_SIGN) if move.kind in ORDERS else 0
            if effect and book_at < move.recorded_at <= mirror_at:
                young.append(effect)
            elif effect and mirror_at - delay < move.recorded_at <= book_at:
                young.append(-effect)
        return young

    @cached_property
    def _delays(self) -> dict[tuple[str, str], timedelta]:
        found: dict[tuple[str, str], timedelta] = {}
        for handoff in self.shop.settings.handoffs:
            pair = handoff.source, handoff.target
            found[pair] = max(handoff.max_delay, found.get(pair, timedelta()))
        return found
