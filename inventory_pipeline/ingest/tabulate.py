"""Tabulate: what one landed answer puts into the warehouse, judged by the gate."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.config.systems import System
from inventory_pipeline.config.timing import compute_delay
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.ingest import gate
from inventory_pipeline.ingest.batch import FeedResult, Tables
from inventory_pipeline.ingest.counts import Readings, SourceWords, compute_readings
from inventory_pipeline.ingest.events import compute_level_changes, compute_movements
from inventory_pipeline.ingest.fetch import SKEW
from inventory_pipeline.ingest.history import Asked, Change, find_stock, load_change
from inventory_pipeline.ingest.keys import load_key_book, save_fresh
from inventory_pipeline.ingest.landed import Landed
from inventory_pipeline.ingest.logs import (
    compute_config_changes,
    compute_middleware_events,
    compute_syncs,
)
from inventory_pipeline.ingest.numbered import list_facts, number_readings
from inventory_pipeline.ingest.plain import split_plain
from inventory_pipeline.ingest.rows import Events
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import QUARANTINE
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.ports import Connector, RawFrame
from inventory_pipeline.store.warehouse import DuckWarehouse

# Feeds of things that happened: how their rows are read, where they go, when they happened.
EVENT_FEEDS = {
    "movements": (compute_movements, "ingest.movements", "moved_at"),
    "levels": (compute_level_changes, "ingest.level_changes", "changed_at"),
    "events": (compute_middleware_events, "ingest.middleware_events", "emitted_at"),
    "syncs": (compute_syncs, "ingest.syncs", "started_at"),
    "changes": (compute_config_changes, "ingest.config_changes", "changed_at"),
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


def tabulate(
    warehouse: DuckWarehouse, source: Source, catalog: Catalog, feed: str, landed: Landed
) -> Tables:
    """Return what one landed answer puts into the warehouse; unusable bytes are a failed feed."""
    base = FeedResult(source.name, feed, landed.hour_at, "failed", "")
    try:
        raw = source.connector.parse(feed, landed.read_pages())
    except SourceContractError as error:
        return Tables({}, replace(base, reason=str(error)))
    if feed == "counts":
        return _tabulate_counts(warehouse, source, catalog, landed, raw)
    if feed in EVENT_FEEDS:
        events = EVENT_FEEDS[feed][0](raw.rows, catalog, _find_words(source, landed))
        return _tabulate_events(warehouse, base, landed, events, raw.rejected)
    result = replace(
        base, status="complete", reason=landed.manifest.end_marker, rows=raw.rows.height
    )
    return Tables({"ingest.quarantine": _shape_quarantine(raw.rejected)}, result)


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


def _tabulate_counts(
    warehouse: DuckWarehouse,
    source: Source,
    catalog: Catalog,
    landed: Landed,
    raw: RawFrame,
) -> Tables:
    words = _find_words(source, landed)
    plain, others = split_plain(raw.rows, catalog, words)
    readings = compute_readings(others, catalog, words)
    book = load_key_book(warehouse)
    numbered = number_readings(book, plain, readings.observations)
    spoken = book.encode_readings(readings.availabilities)
    heard = [numbered.find_newest(), spoken["observed_at"].max()]
    source_at: Any = max((at for at in heard if at is not None), default=_source_at(landed))
    asked = Asked(
        source.name, landed.hour_at, landed.manifest.digest, source_at, source.owners,
        source.find_delay,
    )  # fmt: skip
    change = load_change(warehouse, find_stock(numbered, book), asked)
    keys = numbered.height + spoken.height
    quarantine = pl.concat([readings.quarantine, raw.rejected])
    rows = raw.rows.height + raw.rejected.height
    verdict = _judge(
        source, landed, readings, change,
        rows=rows, rejected=raw.rejected.height, keys=keys, source_at=source_at,
    )  # fmt: skip
    frames = {
        "ingest.recent_counts": numbered.tabulate(source_at),
        "ingest.batch_facts": list_facts(numbered.fact_id, spoken["fact_id"].to_numpy()),
        "ingest.availabilities": spoken.select("fact_id", "key_id", "is_available"),
        "ingest.recent_bins": book.encode_readings(readings.bins).select(
            "fact_id", "key_id", "bin", "units"
        ),
        "ingest.unknowns": book.encode_readings(readings.unknowns).select("fact_id", "key_id"),
        "ingest.quarantine": _shape_quarantine(quarantine),
    }
    save_fresh(warehouse, book)
    result = FeedResult(
        source.name, "counts", landed.hour_at, verdict.status, verdict.reason,
        rows=rows, keys=keys, quarantined=quarantine.height, source_at=source_at,
    )  # fmt: skip
    return Tables(frames, result)


def _judge(
    source: Source,
    landed: Landed,
    readings: Readings,
    change: Change,
    *,
    rows: int,
    rejected: int,
    keys: int,
    source_at: datetime | None,
) -> gate.Verdict:
    manifest, limits = landed.manifest, source.settings.snapshot
    notes = list(manifest.notes)
    if change.same_as is not None:
        notes.append(f"same bytes as {change.same_as:%Y-%m-%dT%H:%MZ}")
    if readings.repeats:
        notes.append(f"{readings.repeats} rows were sent twice")
    if readings.quarantine.height:
        notes.append(f"{readings.quarantine.height} rows in quarantine")
    evidence = gate.Evidence(
        rows=rows,
        repeats=readings.repeats,
        keys=keys,
        is_complete=manifest.is_complete,
        is_suspect=manifest.is_suspect,
        end_marker=manifest.end_marker,
        declared_keys=manifest.declared_keys,
        notes=tuple(notes),
        conflicts=readings.conflicts,
        nameless_rows=readings.nameless + rejected,
        known_keys=change.known_keys,
        missing_keys=max(change.missing_keys - readings.unknowns.height, 0),
        missing_before=change.missing_before,
        newly_zero_keys=change.newly_zero_keys,
        moved_units=change.moved_units,
        known_units=change.known_units,
        source_at=source_at,
        reference_at=landed.reference_at,
    )
    return gate.judge(
        evidence,
        gate.Limits(
            min_known_share=limits.min_known_share,
            max_missing_keys=limits.max_missing_keys,
            max_newly_zero_share=limits.max_newly_zero_share,
            max_newly_zero_keys=limits.max_newly_zero_keys,
            max_age=source.settings.max_age,
        ),
    )


def _tabulate_events(
    warehouse: DuckWarehouse,
    base: FeedResult,
    landed: Landed,
    events: Events,
    rejected: pl.DataFrame,
) -> Tables:
    _, table, at = EVENT_FEEDS[base.feed]
    rows = _encode(warehouse, events.rows) if "sku" in events.rows.columns else events.rows
    quarantine = pl.concat([events.quarantine, rejected])
    is_whole = landed.manifest.is_complete and not landed.manifest.is_suspect
    newest: Any = rows[at].max()
    result = replace(
        base,
        status="complete" if is_whole else "partial",
        reason="; ".join((landed.manifest.end_marker, *landed.manifest.notes)),
        rows=rows.height + quarantine.height,
        keys=rows.height,
        quarantined=quarantine.height,
        source_at=newest or _source_at(landed),
    )
    return Tables({table: rows, "ingest.quarantine": _shape_quarantine(quarantine)}, result)


def _encode(warehouse: DuckWarehouse, rows: pl.DataFrame) -> pl.DataFrame:
    """Put key_id in place of sku and location_id."""
    book = load_key_book(warehouse)
    encoded = book.encode_keys(rows).drop("sku", "location_id")
    if "destination_id" in rows.columns:
        # Goods may be on their way to a place that never named the item.
        away = rows.filter(pl.col("destination_id") != "")
        book.encode_keys(away.select("sku", location_id="destination_id"))
    save_fresh(warehouse, book)
    return encoded


def _source_at(landed: Landed) -> datetime | None:
    text = landed.manifest.source_at
    return datetime.fromisoformat(text) if text else None


def _shape_quarantine(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        row_number=pl.col("row").cast(QUARANTINE["row"]),
        reason=pl.col("reason"),
        raw=pl.col("raw").fill_null(""),
    )
