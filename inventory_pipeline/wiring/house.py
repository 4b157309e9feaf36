"""The house: everything one installation needs, built from one YAML file."""

import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from inventory_pipeline.config.load import (
    Loaded,
    config_error_at,
    load_settings,
    options_error_at,
)
from inventory_pipeline.config.models import Settings
from inventory_pipeline.errors import StoreBusyError
from inventory_pipeline.ingest.identity import load_catalog
from inventory_pipeline.ingest.landing import Landing
from inventory_pipeline.ingest.told import Source
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.model.ports import Clock, Connector, WritableConnector
from inventory_pipeline.store.journal import Journal, open_journal
from inventory_pipeline.store.warehouse import DuckWarehouse, open_warehouse

ENTRY_POINTS = "inventory_pipeline.connectors"


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class House:
    """One installation. Nothing is opened until it is asked for.

    Attributes:
        holder: ``host:pid:token``, by which leases know this process.
    """

    loaded: Loaded
    clock: Clock = field(default_factory=SystemClock)
    holder: str = field(
        default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    )
    _opened: DuckWarehouse | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def settings(self) -> Settings:
        return self.loaded.settings

    @property
    def root(self) -> Path:
        return self.loaded.root

    @property
    def storage(self) -> Path:
        return self.root / self.settings.storage.directory

    @property
    def landing(self) -> Landing:
        return Landing(self.storage / "landing")

    @cached_property
    def catalog(self) -> Catalog:
        files = self.settings.catalog
        return load_catalog(
            self.root, items=files.items, locations=files.locations, identities=files.identities
        )

    @property
    def has_warehouse(self) -> bool:
        """Return whether the warehouse is open already."""
        return self._opened is not None

    @contextmanager
    def warehouse(self) -> Iterator[DuckWarehouse]:
        """Open the warehouse; another process is waited for as long as the file allows.

        Inside of itself it is the one that is open: opening costs as much as a small step.
        """
        if self._opened is not None:
            yield self._opened
            return
        path = self.storage / "warehouse.duckdb"
        with open_warehouse(path, wait=self.settings.storage.lock_wait) as warehouse:
            self._opened = warehouse
            try:
                yield warehouse
            finally:
                self._opened = None

    def journal(self, *, read_only: bool = False) -> AbstractContextManager[Journal]:
        """Open the journal."""
        return open_journal(self.storage / "journal.sqlite", read_only=read_only)

    def build_source(self, system: str) -> Source:
        """Return one configured system, ready to be read.

        Raises:
            ConfigError: its connector is unknown or does not take these options.
        """
        settings = self.settings.systems[system]
        units = {m.fact: m.unit for m in self.settings.mirrors if m.system == system and m.unit}
        owners = {owner for fact in self.settings.facts.values() for owner in fact.owners}
        scoped = {s.owner for fact in self.settings.facts.values() for s in fact.scopes}
        paths = [h.max_delay for h in self.settings.handoffs if h.target == system]
        return Source(
            system, settings, self.build_connector(system), units,
            owners=tuple(sorted(owners | scoped)),
            path_delay=max(paths, default=timedelta()),
        )  # fmt: skip

    def build_connector(self, system: str) -> Connector:
        """Return the connector of one system, found by entry point."""
        settings = self.settings.systems[system]
        connector_type = self._find_connector(system, settings.connector)
        try:
            options = connector_type.options_model.model_validate(settings.options)
        except ValidationError as error:
            place = ("systems", system, "options")
            raise options_error_at(
                self.loaded, place, error, connector_type.options_model
            ) from None
        connector: Connector = connector_type(system=system, options=options, root=str(self.root))
        return connector

    def build_writer(self, system: str) -> Writer | None:
        """Return the writing side of one system; None where it can only be read."""
        connector = self.build_connector(system)
        return connector.build_writer() if isinstance(connector, WritableConnector) else None

    def _find_connector(self, system: str, name: str) -> Any:
        known = find_entry_points()
        if name not in known:
            raise config_error_at(
                self.loaded,
                ("systems", system, "connector"),
                f"{name!r} is not installed; known: {', '.join(sorted(known))}",
            )
        return known[name].load()

    @contextmanager
    def lease(self, name: str, *, life: timedelta | None = None) -> Iterator[int]:
        """Do something that only one process may do at a time; wait for the other one.

        Args:
            name: what only one may do.
            life: after it the lease is anybody's, whatever became of its holder; longer
                than the work may last. Default: six times ``storage.lock_wait``.

        Raises:
            StoreBusyError: the other process did not finish in ``storage.lock_wait``.
        """
        fence = self._wait_for_lease(name, life or self.settings.storage.lock_wait * 6)
        try:
            yield fence
        finally:
            with self.journal() as journal:
                journal.drop_lease(name, self.holder)

    def _wait_for_lease(self, name: str, life: timedelta) -> int:
        wait = self.settings.storage.lock_wait
        deadline = time.monotonic() + wait.total_seconds()
        while True:
            with self.journal() as journal:
                fence = journal.take_lease(name, self.holder, now=self.clock.now(), life=life)
            if fence is not None:
                return fence
            if time.monotonic() > deadline:
                raise StoreBusyError(
                    f"another run has been working for {wait.total_seconds():.0f} s; "
                    "wait for it to end and run again: nothing is lost"
                )
            time.sleep(0.2)


@cache
def find_entry_points() -> dict[str, EntryPoint]:
    """Look once a process: every package that is installed is read for it."""
    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}


def build_house(path: Path, *, clock: Clock | None = None) -> House:
    """Read the configuration and return the house.

    Raises:
        ConfigError: the file is wrong; the text names file, line, key and cure.
    """
    return House(load_settings(path), clock or SystemClock())
