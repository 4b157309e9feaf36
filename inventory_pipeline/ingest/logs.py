"""Logs: what middleware delivered, which syncs ran, what was changed in a configuration."""

import polars as pl

from inventory_pipeline.ingest import cells
from inventory_pipeline.ingest.counts import SourceWords
from inventory_pipeline.ingest.rows import (
    Events,
    fill,
    finish,
    read_amount,
    read_operation,
    read_optional_instants,
    read_whole,
)
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import CONFIG_CHANGE, MIDDLEWARE_EVENT, SYNC


def compute_middleware_events(raw: pl.DataFrame, catalog: Catalog, words: SourceWords) -> Events:
    """Turn the text rows of an events feed into MIDDLEWARE_EVENT rows.

    A log names a delivery by event, attempt and the instant it was processed: the same
    event processed twice is two deliveries, and that is what the log is read for.
    """
    frame = cells.read_ids(
        cells.start(fill("events", raw)),
        ("event_id", "path", "item_id", "location_id", "operation", "attempt", "status"),
    )
    frame = cells.read_instant(frame, "emitted_at", zone=words.zone, latest=words.latest)
    frame = read_optional_instants(
        frame, ("received_at", "processed_at", "mapping_changed_at"), words
    )
    frame = read_whole(read_operation(frame), "attempt", digits=9)
    frame = read_amount(frame, catalog, words, at="emitted_at")
    return finish(frame, raw, MIDDLEWARE_EVENT, ("event_id", "attempt", "processed_at"))


def compute_syncs(raw: pl.DataFrame, catalog: Catalog, words: SourceWords) -> Events:
    """Turn the text rows of a syncs feed into SYNC rows; ``rows`` and the end may be empty."""
    del catalog
    frame = cells.read_ids(cells.start(fill("syncs", raw)), ("path", "status"))
    frame = cells.read_instant(frame, "started_at", zone=words.zone, latest=words.latest)
    frame = read_optional_instants(frame, ("finished_at",), words)
    frame = read_whole(frame, "rows")
    frame = cells.refuse(
        frame,
        pl.col("finished_at") < pl.col("started_at"),
        "finished_at is before started_at",
    )
    return finish(frame, raw, SYNC, ("path", "started_at"))


def compute_config_changes(raw: pl.DataFrame, catalog: Catalog, words: SourceWords) -> Events:
    """Turn the text rows of a changes feed into CONFIG_CHANGE rows; they have no id."""
    del catalog
    frame = cells.read_ids(cells.start(fill("changes", raw)), ("system", "kind", "subject"))
    frame = cells.read_instant(frame, "changed_at", zone=words.zone, latest=words.latest)
    return finish(frame, raw, CONFIG_CHANGE, ())
