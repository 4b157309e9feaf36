"""One simulation: a shop lives through some hours, and its systems write them down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inventory_pipeline.errors import UsageError
from inventory_pipeline.model.hours import HOUR, compute_slug, floor_hour
from inventory_pipeline.simulator.exports import READ_AT, Clerk
from inventory_pipeline.simulator.folder import opening_folder, write_file
from inventory_pipeline.simulator.labels import Gap, Witness, find_gaps
from inventory_pipeline.simulator.profiles import find_profile
from inventory_pipeline.simulator.settings import (
    render_identities,
    render_items,
    render_locations,
    render_yaml,
)
from inventory_pipeline.simulator.shop import Shop, open_shop
from inventory_pipeline.simulator.truth import (
    render_arrivals,
    render_gaps,
    render_labels,
    render_stock,
)
from inventory_pipeline.simulator.words import ERP, STOREFRONT

MAX_HOURS = 24 * 366


def simulate(
    out: Path,
    *,
    seed: int,
    profile: str,
    hours: int,
    start: datetime,
    on_hour: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the exports of ``hours`` hours and the truth behind them.

    Args:
        out: folder to write into; an earlier simulation in it is replaced.
        seed: same seed, profile, hours and start: same bytes.
        profile: name of the set of faults, see ``profiles``.
        hours: how many, 1 to a year.
        start: the first hour, UTC; the shop opens then with all systems agreeing.
        on_hour: told (hours done, hours) after each hour.

    Returns:
        The path of the configuration, ``out/inventory.yaml``.

    Raises:
        UsageError: unknown profile, hours out of range, start is no UTC hour, or ``out``
            holds files that are not ours.
    """
    chosen = find_profile(profile)
    _check_span(hours, start)
    start = start.astimezone(UTC)
    with opening_folder(out, seed=seed, profile=profile, hours=hours, start=start):
        shop = open_shop(chosen, seed=seed, start=start)
        config = _write_settings(out, shop)
        witness = Witness(shop.faults)
        for hour in range(hours):
            _Hour(out, shop, hour).live(witness)
            if on_hour is not None:
                on_hour(hour + 1, hours)
        write_file(out / "truth" / "labels.csv", render_labels(witness))
    return config


def _check_span(hours: int, start: datetime) -> None:
    if not 1 <= hours <= MAX_HOURS:
        raise UsageError(f"hours is {hours}, wanted 1 to {MAX_HOURS}")
    if start.tzinfo is None or floor_hour(start) != start:
        raise UsageError(f"start is {start.isoformat()}, wanted a whole hour in UTC")


def _write_settings(out: Path, shop: Shop) -> Path:
    write_file(out / "catalog.csv", render_items(shop.items))
    write_file(out / "locations.csv", render_locations())
    write_file(out / "identities.csv", render_identities(shop.items))
    config = out / "inventory.yaml"
    write_file(config, render_yaml(shop.start.date()).encode())
    return config


@dataclass(frozen=True)
class _Hour:
    """One hour of the shop, the ``number``-th from the start."""

    out: Path
    shop: Shop
    number: int

    @property
    def start(self) -> datetime:
        return self.shop.start + self.number * HOUR

    def live(self, witness: Witness) -> None:
        """Let the hour pass; read every system at its minute, then take the logs."""
        self.shop.plan_hour(self.start)
        gaps: list[Gap] = []
        for system, minutes in READ_AT.items():
            read_at = self.start + minutes
            self.shop.timeline.advance(read_at)
            self._export(system, "counts", Clerk(self.shop, system).render_counts(read_at))
            gaps.extend(self._find_gaps(system))
        self._tell("levels", render_stock(self.shop))
        self.shop.timeline.advance(self.start + HOUR - timedelta(seconds=1))
        self._export_logs()
        self._tell("gaps", render_gaps(gaps))
        self._tell("deliveries", render_arrivals(self.shop.courier.take_arrivals()))
        witness.see(self.start, gaps)

    def _find_gaps(self, system: str) -> Sequence[Gap]:
        actual = self.shop.actual.find(system).read()
        clean = self.shop.clean.find(system).read()
        return list(find_gaps(system, actual=actual, clean=clean, faults=self.shop.faults))

    def _export_logs(self) -> None:
        movements = self.shop.world.take_movements()
        for system in READ_AT:
            content = Clerk(self.shop, system).render_movements(movements)
            self._export(system, "movements", content)
        systems = self.shop.actual
        for system, log in ((STOREFRONT, systems.storefront.log), (ERP, systems.erp.log)):
            content = Clerk(self.shop, system).render_levels(log.take())
            self._export(system, "levels", content)

    def _export(self, system: str, feed: str, content: bytes) -> None:
        path = f"exports/{system}/{feed}-{compute_slug(self.start)}.csv"
        left: bytes | None = content
        for fault in self.shop.faults.values():
            if left is not None:
                left = fault.spoil(path, self.number, left)
        if left is not None:
            write_file(self.out / path, left)

    def _tell(self, name: str, content: bytes) -> None:
        write_file(self.out / "truth" / f"{name}-{compute_slug(self.start)}.csv", content)
