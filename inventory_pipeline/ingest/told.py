"""Told: what one landed answer says, in our words; no store is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from inventory_pipeline.config.systems import System
from inventory_pipeline.config.timing import compute_delay
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.ingest.counts import Readings, SourceWords, compute_readings
from inventory_pipeline.ingest.events import compute_level_changes, compute_movements
from inventory_pipeline.ingest.fetch import SKEW
from inventory_pipeline.ingest.landed import Landed
from inventory_pipeline.ingest.logs import (
    compute_config_changes,
    compute_middleware_events,
    compute_syncs,
)
from inventory_pipeline.ingest.plain import Plain, split_plain
from inventory_pipeline.ingest.rows import Events
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.ports import Connector, RawFrame

# Feeds of things that happened, and how their rows are read.
READERS: dict[str, Callable[[pl.DataFrame, Catalog, SourceWords], Events]] = {
    "movements": compute_movements,
    "levels": compute_level_changes,
    "events": compute_middleware_events,
    "syncs": compute_syncs,
    "changes": compute_config_changes,
}


@dataclass(frozen=True)
class Source:
    """One configured system, ready to be read.

    Attributes:
        units: fact → unit the system counts it in, where the mirror rules name one.
        owners: systems that own a fact: their movements explain why its numbers change.
        path_delay: how long a declared path to it normally takes.
    """

    name: str
    settings: System
    connector: Connector
    units: dict[str, str]
    owners: tuple[str, ...] = ()
    path_delay: timedelta = timedelta()

    def find_delay(self, at: datetime) -> timedelta:
        """Return how old a movement may be at an instant and still be missing here."""
        return compute_delay(self.settings.sync, mirror_at=at, path_delay=self.path_delay)


@dataclass(frozen=True)
class Told:
    """One landed answer in our words.

    Attributes:
        rows: how many rows the source sent, those the connector refused among them.
        rejected: QUARANTINE rows of the connector.
        counts: of a counts feed: its plain rows, and what the other rows say.
        events: of a feed of things that happened.
        problem: why the bytes are unusable; nothing else is told then.
    """

    rows: int
    rejected: pl.DataFrame
    counts: tuple[Plain, Readings] | None = None
    events: Events | None = None
    problem: str = ""


def read(source: Source, catalog: Catalog, feed: str, landed: Landed) -> Told:
    """Read one landed answer; unusable bytes are told as a problem."""
    try:
        raw = source.connector.parse(feed, landed.read_pages())
    except SourceContractError as error:
        return Told(0, pl.DataFrame(), problem=str(error))
    words = _find_words(source, landed)
    rows = raw.rows.height + raw.rejected.height
    if feed == "counts":
        return Told(rows, raw.rejected, counts=read_counts(raw, catalog, words))
    events = READERS[feed](raw.rows, catalog, words) if feed in READERS else None
    return Told(rows, raw.rejected, events=events)


def read_counts(raw: RawFrame, catalog: Catalog, words: SourceWords) -> tuple[Plain, Readings]:
    """Read a counts feed: its plain rows, and what the other rows say."""
    plain, others = split_plain(raw.rows, catalog, words)
    return plain, compute_readings(others, catalog, words)


def _find_words(source: Source, landed: Landed) -> SourceWords:
    end = landed.hour_at + HOUR
    latest = end if source.connector.reads_past else max(end, landed.fetched_at)
    return SourceWords(
        system=source.name,
        zone=source.settings.time_zone,
        decimal=source.settings.numbers.decimal,
        thousands=source.settings.numbers.thousands,
        units=source.units,
        latest=latest + SKEW,
    )
