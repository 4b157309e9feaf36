"""The world: goods on shelves, and what truly happens to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from inventory_pipeline.simulator.courier import Courier
from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.systems.opening import find_opening_bins
from inventory_pipeline.simulator.timeline import Timeline
from inventory_pipeline.simulator.words import (
    ERP,
    SHELF,
    STOREFRONT,
    THREEPL,
    Bins,
    Item,
    Key,
    Movement,
)

_PREFIXES = {SHELF: "WM", THREEPL: "TP", STOREFRONT: "SF", ERP: "EP"}
# How long after the fact a late scan is made.
LATE_SECONDS = (120, 2_700)


@dataclass(frozen=True)
class Papers:
    """What a movement refers to: a document, the movement before it, who did it."""

    reference_id: str = ""
    cause_id: str = ""
    actor: str = ""
    disposition: str = ""
    destination_id: str = ""


class World:
    """Truth by key and bin. Goods only change by ``pick`` and ``put``."""

    def __init__(
        self,
        items: Mapping[str, Item],
        layout: Layout,
        timeline: Timeline,
        courier: Courier,
        stream: Random,
    ) -> None:
        self.items = items
        self.layout = layout
        self.timeline = timeline
        self._courier = courier
        self._stream = stream
        self._bins: dict[Key, dict[str, int]] = {}
        for item in items.values():
            self._bins |= find_opening_bins(item)
        self._sequences = dict.fromkeys(_PREFIXES, 0)
        self._log: list[Movement] = []

    def count(self, key: Key) -> int:
        """Return the units that are really there."""
        return sum(self._bins[key].values())

    def count_bins(self, key: Key) -> dict[str, int]:
        """Return the units that are really in each bin."""
        return dict(self._bins[key])

    def pick(self, key: Key, units: int) -> Bins:
        """Take up to ``units`` from the shelf, first bin first; return (bin, -taken)."""
        taken = []
        for place, there in self._bins[key].items():
            part = min(units, there)
            if part > 0:
                self._bins[key][place] -= part
                units -= part
                taken.append((place, -part))
        return tuple(taken)

    def put(self, key: Key, units: int) -> Bins:
        """Put ``units`` into the last bin; return (bin, +units)."""
        place = next(reversed(self._bins[key]))
        self._bins[key][place] += units
        return ((place, units),)

    def move_bins(self, key: Key, units: int, *, source: str, target: str) -> None:
        """Carry goods from one bin to another, and tell nobody."""
        self._bins[key][source] -= units
        self._bins[key][target] = self._bins[key].get(target, 0) + units

    def record(
        self,
        kind: str,
        key: Key,
        units: int,
        *,
        papers: Papers,
        system: str | None = None,
        bins: Bins = (),
    ) -> Movement:
        """Write a movement into the log of ``system`` (default: who keeps the key); tell it on."""
        movement = self.note(kind, key, units, papers=papers, system=system, bins=bins)
        self._courier.send(movement)
        return movement

    def note(
        self,
        kind: str,
        key: Key,
        units: int,
        *,
        papers: Papers,
        system: str | None = None,
        bins: Bins = (),
    ) -> Movement:
        """Write a movement down and tell nobody: a set has no stock of its own to move."""
        system = system or self.layout.find_place(key[1]).keeper
        self._sequences[system] += 1
        sequence = self._sequences[system]
        movement = Movement(
            movement_id=f"{_PREFIXES[system]}-{7_000_000 + sequence}",
            system=system,
            kind=kind,
            sku=key[0],
            location_id=key[1],
            units=units,
            moved_at=self.timeline.now - (self._draw_lateness() if bins else timedelta()),
            recorded_at=self.timeline.now,
            sequence=sequence,
            reference_id=papers.reference_id,
            cause_id=papers.cause_id,
            actor=papers.actor,
            disposition=papers.disposition,
            bins=bins,
            destination_id=papers.destination_id,
        )
        self._log.append(movement)
        return movement

    def find_last_id(self) -> str:
        """Return the id of the newest movement of the hour."""
        return self._log[-1].movement_id

    def take_movements(self) -> list[Movement]:
        """Return what was recorded since the last call."""
        taken, self._log = self._log, []
        return taken

    def _draw_lateness(self) -> timedelta:
        """Return how long ago a scan's movement happened: mostly just now."""
        share = self.layout.trade.late_scans
        if not share or self._stream.random() >= share:
            return timedelta()
        return timedelta(seconds=self._stream.randint(*LATE_SECONDS))
