"""Movements and level changes: rows of an event feed turned into our words."""

from dataclasses import dataclass

import polars as pl

from inventory_pipeline.ingest import cells
from inventory_pipeline.ingest.counts import SourceWords
from inventory_pipeline.ingest.identity import map_items, map_locations
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import (
    INSTANT,
    LEVEL_CHANGE,
    MOVEMENT,
    RAW_FEEDS,
    Contract,
    conform,
)
from inventory_pipeline.model.movements import KINDS, SIGNED_KINDS

OPERATIONS = ("set", "add")


@dataclass(frozen=True)
class Events:
    """One event feed in our words: rows by contract, and what was refused."""

    rows: pl.DataFrame
    quarantine: pl.DataFrame


def compute_movements(raw: pl.DataFrame, catalog: Catalog, words: SourceWords) -> Events:
    """Turn the text rows of a movements feed into MOVEMENT rows; equal repeats collapse.

    A count may say zero; an adjustment may be negative; every other kind is positive, since
    the kind fixes the sign.
    """
    frame = _fill("movements", raw)
    frame = cells.read_ids(cells.start(frame), ("movement_id", "kind", "item_id", "location_id"))
    frame = cells.read_instant(frame, "moved_at", zone=words.zone, latest=words.latest)
    frame = cells.read_instant(
        frame, "recorded_at", zone=words.zone, latest=words.latest, required=False
    )
    frame = cells.refuse(
        frame,
        ~pl.col("kind").is_in(KINDS),
        pl.format("kind is '{}', wanted one of {}", "kind", pl.lit(" ".join(KINDS))),
    )
    frame = _read_amount(frame, catalog, words, at="moved_at")
    frame = cells.refuse(
        frame,
        (pl.col("units") < 0) & ~pl.col("kind").is_in(SIGNED_KINDS),
        pl.format("quantity is {}, wanted a positive one: the kind fixes the sign", "quantity"),
    )
    frame = _map_destination(frame, catalog, words)
    return _finish(frame, raw, MOVEMENT, "movement_id")


def compute_level_changes(raw: pl.DataFrame, catalog: Catalog, words: SourceWords) -> Events:
    """Turn the text rows of a levels feed into LEVEL_CHANGE rows; equal repeats collapse."""
    frame = _fill("levels", raw)
    frame = cells.read_ids(
        cells.start(frame), ("change_id", "item_id", "location_id", "fact", "operation")
    )
    frame = cells.read_instant(frame, "changed_at", zone=words.zone, latest=words.latest)
    frame = cells.read_instant(
        frame, "source_at", zone=words.zone, latest=words.latest, required=False
    )
    frame = cells.refuse(
        frame,
        ~pl.col("operation").is_in(OPERATIONS),
        pl.format("operation is '{}', wanted set or add", "operation"),
    )
    frame = _read_amount(frame, catalog, words, at="changed_at")
    return _finish(frame, raw, LEVEL_CHANGE, "change_id")


def _fill(feed: str, raw: pl.DataFrame) -> pl.DataFrame:
    columns = (*RAW_FEEDS[feed][1], "unit", "fact")
    missing = [c for c in dict.fromkeys(columns) if c not in raw.columns]
    return raw.with_columns(pl.lit(None, pl.String).alias(column) for column in missing)


def _read_amount(
    frame: pl.DataFrame, catalog: Catalog, words: SourceWords, *, at: str
) -> pl.DataFrame:
    frame = map_locations(frame, catalog.locations, system=words.system)
    default = pl.col("fact").replace_strict(words.units, default="", return_dtype=pl.String)
    named = pl.col("unit").fill_null("") != ""
    frame = frame.with_columns(unit=pl.when(named).then(pl.col("unit")).otherwise(default))
    frame = map_items(frame, catalog.identities, system=words.system, default_unit="", at=at)
    frame = cells.read_quantity(frame, "quantity", decimal=words.decimal, thousands=words.thousands)
    return _read_sequence(cells.convert_units(frame))


def _read_sequence(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("sequence").cast(pl.String)
    is_number = text.str.contains(r"^[0-9]{1,18}$")
    frame = cells.refuse(
        frame,
        text.is_not_null() & (text != "") & ~is_number,
        pl.format("sequence is '{}', wanted a whole number", text),
    )
    return frame.with_columns(sequence=pl.when(is_number).then(text).cast(pl.Int64))


def _map_destination(frame: pl.DataFrame, catalog: Catalog, words: SourceWords) -> pl.DataFrame:
    there = frame.select("row", location_id=pl.col("destination_id"))
    there = map_locations(there, catalog.locations, system=words.system)
    return frame.with_columns(destination_id=there["location_id"])


def _finish(frame: pl.DataFrame, raw: pl.DataFrame, contract: Contract, key: str) -> Events:
    good, quarantine = cells.split(frame, raw)
    texts = [c for c, kind in contract.items() if kind == pl.String() and c != key]
    times = [c for c, kind in contract.items() if kind == INSTANT]
    good = good.with_columns(
        *[pl.col(c).cast(pl.String).fill_null("") for c in texts],
        *[pl.col(c).cast(INSTANT) for c in times],
    )
    rows = conform(good, contract, name=key.removesuffix("_id")).unique(maintain_order=True)
    clash = rows.filter(pl.col(key).is_duplicated())[key].unique()
    if clash.len():
        # The first telling stands: the same id with other words is no new event.
        again = good.filter(pl.col(key).is_in(clash) & ~pl.col(key).is_first_distinct())
        reason = pl.lit(f"{key} came before with other words; the first stands")
        late = cells.split(again.with_columns(reason=reason), raw)[1]
        quarantine = pl.concat([quarantine, late]).sort("row")
        rows = rows.unique(key, keep="first", maintain_order=True)
    return Events(rows.sort(key), quarantine)
