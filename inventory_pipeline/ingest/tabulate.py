"""Tabulate: what one answer, read, puts into the warehouse, judged by the gate."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from inventory_pipeline.ingest import gate
from inventory_pipeline.ingest.batch import FeedResult, Tables
from inventory_pipeline.ingest.counts import Readings
from inventory_pipeline.ingest.history import Asked, Change, find_stock, load_change
from inventory_pipeline.ingest.keys import KeyBook, save_fresh
from inventory_pipeline.ingest.landed import Landed
from inventory_pipeline.ingest.numbered import list_facts, number_readings
from inventory_pipeline.ingest.plain import Plain
from inventory_pipeline.ingest.rows import Events
from inventory_pipeline.ingest.told import Source, Told
from inventory_pipeline.model.frames import QUARANTINE
from inventory_pipeline.store.warehouse import DuckWarehouse

# Feeds of things that happened: where they go, when they happened.
EVENT_TABLES = {
    "movements": ("ingest.movements", "moved_at"),
    "levels": ("ingest.level_changes", "changed_at"),
    "events": ("ingest.middleware_events", "emitted_at"),
    "syncs": ("ingest.syncs", "started_at"),
    "changes": ("ingest.config_changes", "changed_at"),
}


def tabulate(
    warehouse: DuckWarehouse,
    book: KeyBook,
    source: Source,
    feed: str,
    landed: Landed,
    told: Told,
) -> Tables:
    """Return what one landed answer puts into the warehouse; unusable bytes are a failed feed."""
    base = FeedResult(source.name, feed, landed.hour_at, "failed", told.problem)
    if told.problem:
        return Tables({}, base)
    if told.counts is not None:
        return _tabulate_counts(warehouse, book, source, landed, told, *told.counts)
    if told.events is not None:
        return _tabulate_events(warehouse, book, base, landed, told.events, told.rejected)
    rows = told.rows - told.rejected.height
    result = replace(base, status="complete", reason=landed.manifest.end_marker, rows=rows)
    return Tables({"ingest.quarantine": _shape_quarantine(told.rejected)}, result)


def _tabulate_counts(
    warehouse: DuckWarehouse,
    book: KeyBook,
    source: Source,
    landed: Landed,
    told: Told,
    plain: Plain,
    readings: Readings,
) -> Tables:
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
    quarantine = pl.concat([readings.quarantine, told.rejected])
    rows = told.rows
    verdict = _judge(
        source, landed, readings, change,
        rows=rows, rejected=told.rejected.height, keys=keys, source_at=source_at,
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
    book: KeyBook,
    base: FeedResult,
    landed: Landed,
    events: Events,
    rejected: pl.DataFrame,
) -> Tables:
    table, at = EVENT_TABLES[base.feed]
    rows = events.rows
    if "sku" in rows.columns:
        rows = _encode(book, rows)
        save_fresh(warehouse, book)
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


def _encode(book: KeyBook, rows: pl.DataFrame) -> pl.DataFrame:
    """Put key_id in place of sku and location_id."""
    encoded = book.encode_keys(rows).drop("sku", "location_id")
    if "destination_id" in rows.columns:
        # Goods may be on their way to a place that never named the item.
        away = rows.filter(pl.col("destination_id") != "")
        book.encode_keys(away.select("sku", location_id="destination_id"))
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
