"""One hour of the shop: it lives, is read at its minutes, and its logs are taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from inventory_pipeline.model.hours import HOUR, compute_slug
from inventory_pipeline.simulator.exports import Clerk
from inventory_pipeline.simulator.faults.fault import Fault
from inventory_pipeline.simulator.faults.views import View
from inventory_pipeline.simulator.folder import write_file
from inventory_pipeline.simulator.labels import Gap, Standard, Witness, find_gaps
from inventory_pipeline.simulator.logs import (
    render_changes,
    render_documents,
    render_events,
    render_syncs,
)
from inventory_pipeline.simulator.noise import Static
from inventory_pipeline.simulator.settings import find_path
from inventory_pipeline.simulator.shop import Shop
from inventory_pipeline.simulator.truth import render_arrivals, render_gaps, render_stock
from inventory_pipeline.simulator.words import MIDDLEWARE, Reading


@dataclass
class Press:
    """Writes the files of one run.

    Attributes:
        faults: by fault id; every label has one.
        views: faults that change what a reading shows and nothing else.
        feeds: system → feeds that are exported.
        standard: what every system would show without faults.
        told: ids of all records that were exported.
    """

    out: Path
    shop: Shop
    faults: Mapping[str, Fault]
    views: Sequence[View]
    feeds: Mapping[str, Sequence[str]]
    static: Static
    standard: Standard
    told: set[str] = field(default_factory=set)

    def print_hour(self, number: int, witness: Witness) -> None:
        """Let the ``number``-th hour pass; read every system at its minute, then take the logs."""
        start = self.shop.start + number * HOUR
        _Hour(self, number, start).live(witness)


@dataclass(frozen=True)
class _Hour:
    press: Press
    number: int
    start: datetime

    @property
    def shop(self) -> Shop:
        return self.press.shop

    def live(self, witness: Witness) -> None:
        self.shop.plan_hour(self.start)
        gaps: list[Gap] = []
        for system, minutes in self.shop.layout.read_at.items():
            gaps.extend(self._read(system, self.start + minutes))
        self._tell("levels", render_stock(self.shop))
        self.shop.timeline.advance(self.start + HOUR - timedelta(seconds=1))
        self._export_movements()
        self._export_levels()
        self._export_middleware()
        self._export_settings()
        self._tell("gaps", render_gaps(gaps))
        self._tell("deliveries", render_arrivals(self.shop.courier.take_arrivals()))
        witness.see(self.start, gaps)

    def _read(self, system: str, read_at: datetime) -> Sequence[Gap]:
        readings = self._glance(system, read_at)
        self._write(system, "counts", Clerk(self.shop, system).render_counts(read_at, readings))
        for fault in self.press.faults.values():
            if fault.mirror == system:
                fault.seen_units = fault.units
        return list(
            find_gaps(
                system,
                shown=readings,
                due=self.press.standard.find_due(system),
                faults=self.press.faults,
            )
        )

    def _glance(self, system: str, read_at: datetime) -> Mapping[Reading, int]:
        """Return what the system would show at ``read_at``, as far as views let it."""
        self.shop.timeline.advance(read_at)
        readings: Mapping[Reading, int] = self.shop.actual.find(system).read()
        for view in self.press.views:
            if view.mirror == system:
                readings = view.blur(readings, read_at)
        return readings

    def _export_movements(self) -> None:
        movements = self.shop.world.take_movements()
        for system in self._find_tellers("movements"):
            own = [movement for movement in movements if movement.system == system]
            self._write(system, "movements", Clerk(self.shop, system).render_movements(own))
            self.press.told.update(movement.movement_id for movement in own)

    def _export_levels(self) -> None:
        for system in self.shop.layout.mirrors:
            held = self.shop.layout.find_style(system).holds_back
            until = self.start + HOUR - held if held else None
            log = self.shop.actual.find_mirror(system).log
            changes = self.press.static.disturb_levels(log.take(until))
            if system in self._find_tellers("levels"):
                skew = self.press.static.find_skew(system)
                content = Clerk(self.shop, system).render_levels(changes, skew)
                self._write(system, "levels", content)
                self.press.told.update(change.change_id for change in changes)

    def _export_middleware(self) -> None:
        end, clerk = self.start + HOUR, Clerk(self.shop, MIDDLEWARE)
        messages = self.shop.middleware.take_messages(end)
        messages = self.press.static.disturb_messages(messages)
        if MIDDLEWARE in self._find_tellers("events"):
            self._write(MIDDLEWARE, "events", render_events(clerk, messages))
            self.press.told.update(message.event_id for message in messages)
        if MIDDLEWARE in self._find_tellers("syncs"):
            runs = self.shop.middleware.find_runs(self.shop.layout.paths, self.start, end)
            self._write(MIDDLEWARE, "syncs", render_syncs(clerk, runs))

    def _export_settings(self) -> None:
        settings = self.shop.settings.take()
        documents = self.shop.take_documents(self.start + HOUR)
        for system in self._find_tellers("changes"):
            own = [setting for setting in settings if setting.system == system]
            self._write(system, "changes", render_changes(Clerk(self.shop, system), own))
            self.press.told.update(setting.name for setting in own)
        for system in self._find_tellers("documents"):
            mine = documents.get(system, ())
            self._write(system, "documents", render_documents(Clerk(self.shop, system), mine))
            self.press.told.update(f"{fact}:{entity}" for fact, entity, *_ in mine)

    def _find_tellers(self, feed: str) -> Sequence[str]:
        """Return the systems that export a feed."""
        return [system for system, feeds in self.press.feeds.items() if feed in feeds]

    def _write(self, system: str, feed: str, content: bytes) -> None:
        """Write one file, as far as the faults of files let it arrive."""
        path = find_path(self.shop.layout, system, feed)
        path = path.replace("{hour}", compute_slug(self.start))
        self.press.told.add(path)
        left: bytes | None = content
        for fault in self.press.faults.values():
            if left is not None:
                left = fault.spoil(path, self.number, left)
        if left is not None:
            write_file(self.press.out / path, left)

    def _tell(self, name: str, content: bytes) -> None:
        write_file(self.press.out / "truth" / f"{name}-{compute_slug(self.start)}.csv", content)
