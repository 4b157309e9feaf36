"""A slow, plain reconciler that sees what the pipeline sees: exports and configuration.

It knows nothing of the truth. Where a movement is so young that a mirror may or may not
have heard of it, either is fine; everything else has to agree to the unit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from inventory_pipeline_tests.integration.simulator.simulated import (
    Key,
    Simulated,
    Snapshot,
)

OWNERS = {"MAIN": "shelf", "3PL-EAST": "threepl"}


@dataclass(frozen=True)
class Finding:
    mirror: str
    key: Key
    delta_units: int | None  # none: no row in the mirror
    is_certain: bool  # no young movement could have hidden or changed it


@dataclass(frozen=True)
class Blind:
    shop: Simulated

    def find(self, hour: str) -> Iterator[Finding]:
        """What disagrees in one hour and no lag or flight explains."""
        owners = {place: self.shop.snapshot(system, hour) for place, system in OWNERS.items()}
        storefront, erp = (self.shop.snapshot(name, hour) for name in ("storefront", "erp"))
        if storefront:
            yield from self._find_storefront(owners, storefront)
        if erp:
            yield from self._find_erp(owners, erp)

    def _find_storefront(
        self, owners: dict[str, Snapshot | None], mirror: Snapshot
    ) -> Iterator[Finding]:
        shown = {
            (sku, place): n for (fact, sku, place), n in mirror.units.items() if fact == "available"
        }
        for key, owner in self._find_keys(owners, shown):
            if ("on_hand", *key) not in owner.units:
                yield Finding("storefront", key, shown[key], is_certain=True)
                continue
            if key not in shown:
                yield Finding("storefront", key, None, is_certain=True)
                continue
            free = owner.units["on_hand", *key] - mirror.units["committed", *key]
            free -= self.shop.safety_stock[key[0]]
            young = self._find_young(key, owner.as_of, mirror.as_of)
            possible = {max(0, free + extra) for extra in compute_sums(young)}
            if shown[key] not in possible:
                delta = shown[key] - max(0, free)
                yield Finding("storefront", key, delta, is_certain=not young)

    def _find_erp(self, owners: dict[str, Snapshot | None], mirror: Snapshot) -> Iterator[Finding]:
        shown = {(sku, place): n for (_, sku, place), n in mirror.units.items()}
        for key, owner in self._find_keys(owners, shown):
            since = sum(
                movement.on_hand
                for movement in self.shop.movements_by_key[key]
                if mirror.as_of < movement.moved_at <= owner.as_of
            )
            expected = owner.units["on_hand", *key] - since
            if shown[key] != expected:
                yield Finding("erp", key, shown[key] - expected, is_certain=True)

    def _find_keys(
        self, owners: dict[str, Snapshot | None], shown: Iterable[Key]
    ) -> Iterator[tuple[Key, Snapshot]]:
        heard = {place: owner for place, owner in owners.items() if owner}
        keys = set(shown) | {(s, p) for o in heard.values() for _, s, p in o.units}
        for key in sorted(keys):
            if key[1] in heard:
                yield key, heard[key[1]]

    def _find_young(self, key: Key, owner_at: datetime, mirror_at: datetime) -> list[int]:
        """Return what the storefront may have heard since, and what it may not have heard yet.

        Orders are never young: the storefront is the first to know them, and tells of the
        promise and of what is free in the same breath.
        """
        delay = self._max_delays[OWNERS[key[1]], "storefront"]
        young = []
        for movement in self.shop.movements_by_key[key]:
            if not movement.on_hand:
                continue
            if owner_at < movement.moved_at <= mirror_at:
                young.append(movement.on_hand)
            elif mirror_at - delay < movement.moved_at <= owner_at:
                young.append(-movement.on_hand)
        return young

    @cached_property
    def _max_delays(self) -> dict[tuple[str, str], timedelta]:
        return {(h.source, h.target): h.max_delay for h in self.shop.settings.handoffs}


def compute_sums(parts: Iterable[int]) -> set[int]:
    """Every sum of a choice of ``parts``."""
    sums = {0}
    for part in parts:
        sums |= {total + part for total in sums}
    return sums
