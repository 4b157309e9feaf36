"""Exports: what each system drops in an hour, in the columns every ``files`` system may use.

Each system is read at its own minute of the hour. Its counts say how it stood then; its
logs hold everything of the hour. An ERP that posts in batches speaks of its last one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.simulator.formats import render_rows
from inventory_pipeline.simulator.identity import find_item_id, find_location_id, find_unit
from inventory_pipeline.simulator.paths import Batch
from inventory_pipeline.simulator.shop import Shop
from inventory_pipeline.simulator.systems.changes import Change
from inventory_pipeline.simulator.tables import Cell, render_instant
from inventory_pipeline.simulator.words import ERP, SHELF, Key, Movement, Reading

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
NO_SKEW = timedelta()


@dataclass(frozen=True)
class Clerk:
    """Writes for one system, in its own names for items, locations and units."""

    shop: Shop
    system: str

    def render(self, feed: str, header: Sequence[str], rows: Iterator[tuple[Cell, ...]]) -> bytes:
        """Return rows in the format in which this system drops the feed."""
        kind = self.shop.layout.find_style(self.system).formats.get(feed, "csv")
        return render_rows(kind, header, rows)

    def render_counts(self, read_at: datetime, readings: Mapping[Reading, int]) -> bytes:
        """Return the counts as the system stands at ``read_at``; readings are in eaches."""
        header = COUNTS + OWN_COUNTS.get(self.system, ())
        return self.render("counts", header, self._find_counts(read_at, readings))

    def render_movements(self, movements: Sequence[Movement]) -> bytes:
        """Return movements that this system wrote down."""
        header = MOVEMENTS + OWN_MOVEMENTS.get(self.system, ())
        if self.shop.layout.trade.transfers:
            header += ("destination_id",)
        rows = (self._render_movement(movement) for movement in movements)
        return self.render("movements", header, (row[: len(header)] for row in rows))

    def render_levels(self, changes: Sequence[Change], skew: timedelta = NO_SKEW) -> bytes:
        """Return the system's own change log, on its own clock."""
        return self.render("levels", LEVELS, (self._render_change(c, skew) for c in changes))

    def name(self, key: Key) -> tuple[str, str]:
        """Return what this system calls the item and the place."""
        item = self.shop.items.get(key[0])
        place = find_location_id(self.system, key[1], self.shop.layout)
        return find_item_id(self.system, key[0], item), place

    def _find_counts(
        self, read_at: datetime, readings: Mapping[Reading, int]
    ) -> Iterator[tuple[Cell, ...]]:
        as_of = render_instant(read_at)
        if self.system == SHELF:
            yield from self._find_bins(as_of)
        elif self.system == ERP:
            yield from self._find_books(render_instant(self._find_posted(read_at)), readings)
        else:
            for (fact, sku, location_id), units in readings.items():
                yield (*self.name((sku, location_id)), fact, units, as_of)

    def _find_posted(self, read_at: datetime) -> datetime:
        """Return the instant the books speak of."""
        delay = self.shop.layout.erp_delay
        if not isinstance(delay, Batch):
            return read_at
        return max(self.shop.start, delay.find_last_cutoff(read_at))

    def _find_books(
        self, as_of: str, readings: Mapping[Reading, int]
    ) -> Iterator[tuple[Cell, ...]]:
        for (_, sku, location_id), eaches in readings.items():
            item = self.shop.items[sku]
            units = eaches // item.case_units
            yield (*self.name((sku, location_id)), ON_HAND, units, as_of, find_unit(item))

    def _find_bins(self, as_of: str) -> Iterator[tuple[Cell, ...]]:
        for key, places in self.shop.actual.shelf.bins.items():
            for place, units in places.items():
                yield (*self.name(key), ON_HAND, units, as_of, place)

    def _render_movement(self, movement: Movement) -> tuple[Cell, ...]:
        units, own = movement.units, tuple[str, ...]()
        if self.system == ERP:
            item = self.shop.items[movement.sku]
            units, own = units // item.case_units, (find_unit(item),)
        going_to = movement.destination_id
        if going_to:
            going_to = find_location_id(self.system, going_to, self.shop.layout)
        return (
            movement.movement_id, movement.kind, *self.name(movement.key), units,
            render_instant(movement.moved_at), render_instant(movement.recorded_at),
            movement.reference_id, movement.cause_id, movement.actor, movement.sequence,
            movement.disposition, *own, going_to,
        )  # fmt: skip

    def _render_change(self, change: Change, skew: timedelta) -> tuple[Cell, ...]:
        fact, sku, location_id = change.reading
        operation, units = change.step
        if self.shop.layout.find_style(self.system).operation == "set":
            operation, units = "set", change.after
        return (
            change.change_id, *self.name((sku, location_id)), fact, operation, units,
            render_instant(change.changed_at + skew), change.reference_id,
            change.actor, render_instant(change.source_at), change.sequence,
        )  # fmt: skip
