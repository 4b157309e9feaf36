"""Exports: what each system drops in an hour, in the columns every ``files`` system may use.

Each system is read at its own minute of the hour. Its counts say how it stood then; its
logs hold everything of the hour. The ERP is read too, but speaks of its last batch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.simulator.identity import find_item_id, find_location_id, find_unit
from inventory_pipeline.simulator.paths import find_last_cutoff
from inventory_pipeline.simulator.shop import Shop
from inventory_pipeline.simulator.systems.changes import Change
from inventory_pipeline.simulator.systems.opening import System
from inventory_pipeline.simulator.systems.stockroom import Stockroom
from inventory_pipeline.simulator.tables import Cell, render_csv, render_instant
from inventory_pipeline.simulator.words import (
    ERP,
    SHELF,
    STOREFRONT,
    THREEPL,
    Key,
    Movement,
)

# Minute of the hour at which each system is read.
READ_AT = {
    THREEPL: timedelta(minutes=50),
    SHELF: timedelta(minutes=55),
    ERP: timedelta(minutes=57),
    STOREFRONT: timedelta(minutes=58),
}

COUNTS = ("item_id", "location_id", "fact", "quantity", "as_of")
# The one column that only this system has.
OWN_COUNTS = {SHELF: ("bin",), ERP: ("unit",)}
OWN_MOVEMENTS = {ERP: ("unit",)}
MOVEMENTS = (
    "movement_id", "kind", "item_id", "location_id", "quantity", "moved_at", "recorded_at",
    "reference_id", "cause_id", "actor", "sequence", "disposition",
)  # fmt: skip
LEVELS = (
    "change_id", "item_id", "location_id", "fact", "operation", "quantity", "changed_at",
    "reference_id", "actor", "source_at", "sequence",
)  # fmt: skip


@dataclass(frozen=True)
class Clerk:
    """Writes for one system, in its own names for items, locations and units."""

    shop: Shop
    system: str

    def render_counts(self, read_at: datetime) -> bytes:
        """Return the counts as the system stands at ``read_at``."""
        header = COUNTS + OWN_COUNTS.get(self.system, ())
        return render_csv(header, self._find_counts(read_at))

    def render_movements(self, movements: Sequence[Movement]) -> bytes:
        """Return those of ``movements`` that this system wrote down."""
        own = (movement for movement in movements if movement.system == self.system)
        header = MOVEMENTS + OWN_MOVEMENTS.get(self.system, ())
        return render_csv(header, (self._render_movement(movement) for movement in own))

    def render_levels(self, changes: Sequence[Change]) -> bytes:
        """Return the system's own change log."""
        return render_csv(LEVELS, (self._render_change(change) for change in changes))

    def _find_counts(self, read_at: datetime) -> Iterator[tuple[Cell, ...]]:
        systems, as_of = self.shop.actual, render_instant(read_at)
        if self.system == ERP:
            batch_at = max(self.shop.start, find_last_cutoff(read_at))
            yield from self._find_books(render_instant(batch_at))
        elif self.system == STOREFRONT:
            yield from self._find_totals(systems.storefront, as_of)
        elif self.system == THREEPL:
            yield from self._find_totals(systems.threepl, as_of)
        else:
            yield from self._find_bins(systems.shelf, as_of)

    def _find_books(self, as_of: str) -> Iterator[tuple[Cell, ...]]:
        erp = self.shop.actual.erp
        for _, sku, location_id in erp.read():
            key = sku, location_id
            unit = find_unit(self.shop.items[sku])
            yield (*self._name(key), ON_HAND, erp.find_quantity(key), as_of, unit)

    def _find_bins(self, room: Stockroom, as_of: str) -> Iterator[tuple[Cell, ...]]:
        for key, places in room.bins.items():
            for place, units in places.items():
                yield (*self._name(key), ON_HAND, units, as_of, place)

    def _find_totals(self, system: System, as_of: str) -> Iterator[tuple[Cell, ...]]:
        for (fact, sku, location_id), units in system.read().items():
            yield (*self._name((sku, location_id)), fact, units, as_of)

    def _render_movement(self, movement: Movement) -> tuple[Cell, ...]:
        moved_at = render_instant(movement.moved_at)
        units, own = movement.units, tuple[str, ...]()
        if self.system == ERP:
            item = self.shop.items[movement.sku]
            units, own = units // item.case_units, (find_unit(item),)
        return (
            movement.movement_id, movement.kind, *self._name(movement.key), units, moved_at,
            moved_at, movement.reference_id, movement.cause_id, movement.actor,
            movement.sequence, movement.disposition, *own,
        )  # fmt: skip

    def _render_change(self, change: Change) -> tuple[Cell, ...]:
        fact, sku, location_id = change.reading
        return (
            change.change_id, *self._name((sku, location_id)), fact, change.step.operation,
            change.step.units, render_instant(change.changed_at), change.reference_id,
            change.actor, render_instant(change.source_at), change.sequence,
        )  # fmt: skip

    def _name(self, key: Key) -> tuple[str, str]:
        item = self.shop.items.get(key[0])
        return find_item_id(self.system, key[0], item), find_location_id(self.system, key[1])
