"""Movements and level changes: rows of an event feed turned into our words."""

import polars as pl

from inventory_pipeline.ingest import cells
from inventory_pipeline.ingest.counts import SourceWords
from inventory_pipeline.ingest.identity import map_locations
from inventory_pipeline.ingest.rows import (
    Events,
    fill,
    finish,
    read_amount,
    read_operation,
    read_optional_instants,
)
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import LEVEL_CHANGE, MOVEMENT
from inventory_pipeline.model.movements import KINDS, SIGNED_KINDS
from inventory_pipeline.model.wording import word


def compute_movements(raw: pl.DataFrame, catalog: Catalog, words: SourceWords) -> Events:
    """Turn the text rows of a movements feed into MOVEMENT rows; equal repeats collapse.

    A count may say zero; an adjustment may be negative; every other kind is positive, since
    the kind fixes the sign.
    """
    frame = fill("movements", raw)
    frame = cells.read_ids(cells.start(frame), ("movement_id", "kind", "item_id", "location_id"))
    frame = cells.read_instant(frame, "moved_at", zone=words.zone, latest=words.latest)
    frame = read_optional_instants(frame, ("recorded_at",), words)
    frame = cells.refuse(
        frame,
        ~pl.col("kind").is_in(KINDS),
        word("kind is '{}', wanted one of {}", "kind", pl.lit(" ".join(KINDS))),
    )
    frame = read_amount(frame, catalog, words, at="moved_at")
    frame = cells.refuse(
        frame,
        (pl.col("units") < 0) & ~pl.col("kind").is_in(SIGNED_KINDS),
        word("quantity is {}, wanted a positive one: the kind fixes the sign", "quantity"),
    )
    frame = _map_destination(frame, catalog, words)
    return finish(frame, raw, MOVEMENT, ("movement_id",))


def compute_level_changes(raw: pl.DataFrame, catalog: Catalog, words: SourceWords) -> Events:
    """Turn the text rows of a levels feed into LEVEL_CHANGE rows; equal repeats collapse."""
    frame = fill("levels", raw)
    frame = cells.read_ids(
        cells.start(frame), ("change_id", "item_id", "location_id", "fact", "operation")
    )
    frame = cells.read_instant(frame, "changed_at", zone=words.zone, latest=words.latest)
    frame = read_optional_instants(frame, ("source_at",), words)
    frame = read_amount(read_operation(frame), catalog, words, at="changed_at")
    return finish(frame, raw, LEVEL_CHANGE, ("change_id",))


def _map_destination(frame: pl.DataFrame, catalog: Catalog, words: SourceWords) -> pl.DataFrame:
    there = frame.select("row", location_id=pl.col("destination_id"))
    there = map_locations(there, catalog.locations, system=words.system)
    return frame.with_columns(destination_id=there["location_id"])
