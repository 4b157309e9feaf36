"""Counts: rows of a snapshot turned into readings in whole eaches, bins summed and kept."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from inventory_pipeline.ingest import cells
from inventory_pipeline.ingest.identity import map_items, map_locations
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import (
    AVAILABILITY,
    BIN,
    OBSERVATION,
    QUARANTINE,
    build_empty,
)
from inventory_pipeline.model.quantities import WORDS

KEY = ("sku", "location_id", "fact")
_OPTIONAL = ("unit", "bin")


@dataclass(frozen=True)
class SourceWords:
    """How one system writes: what the configuration declares of it."""

    system: str
    zone: str | None
    decimal: str
    thousands: str
    units: dict[str, str]
    latest: datetime


@dataclass(frozen=True)
class Readings:
    """One snapshot in our words.

    Attributes:
        observations: OBSERVATION frame, unique by (sku, location_id, fact), sorted.
        availabilities: AVAILABILITY frame, words instead of numbers.
        bins: BIN frame; empty where the source names no bins.
        quarantine: QUARANTINE frame.
        unknowns: keys (sku, location_id, fact) with a refused or contradicting row: there is
            a number, and nobody knows which.
        conflicts: how many keys contradict themselves.
        repeats: rows that were equal to another one.
        nameless: refused rows of which nobody can tell the key.
    """

    observations: pl.DataFrame
    availabilities: pl.DataFrame
    bins: pl.DataFrame
    quarantine: pl.DataFrame
    unknowns: pl.DataFrame
    conflicts: int
    repeats: int
    nameless: int


def compute_readings(raw: pl.DataFrame, catalog: Catalog, words: SourceWords) -> Readings:
    """Turn the text rows of one counts feed into readings.

    Args:
        raw: columns of RAW_FEEDS["counts"] and ``row``; optional columns may be absent.
        catalog: the maps from their words to ours.
        words: what the system declares.
    """
    if raw.is_empty():
        return _NOTHING
    frame = _fill_optional(raw)
    frame = cells.read_ids(cells.start(frame), ("item_id", "location_id", "fact"))
    nameless = frame["reason"].count()
    frame = cells.read_instant(frame, "as_of", zone=words.zone, latest=words.latest)
    frame = _leave_out_bundles(_map(frame, catalog, words), catalog)
    is_word = _is_word(frame)
    spoken, frame = frame.filter(is_word), frame.filter(~is_word)
    frame = cells.read_quantity(frame, "quantity", decimal=words.decimal, thousands=words.thousands)
    frame = cells.convert_units(frame)
    good, refused = cells.split(frame, raw)
    heard, refused_words = cells.split(spoken, raw)
    unique = good.unique(
        ["item_id", "unit", *KEY, "bin", "units"], keep="first", maintain_order=True
    )
    clash = _find_conflicts(unique)
    # One refused bin makes the whole sum unknown, not smaller.
    unknowns = _find_keys([*_refused(frame), *_refused(spoken), clash])
    settled = unique.join(unknowns, on=KEY, how="anti") if unknowns.height else unique
    return Readings(
        observations=_sum_bins(settled),
        availabilities=_shape_words(heard),
        bins=_keep_bins(settled),
        quarantine=pl.concat([refused, refused_words, _quarantine_clash(clash, raw)]).sort("row"),
        unknowns=unknowns,
        conflicts=clash.select(KEY).n_unique(),
        repeats=good.height - unique.height,
        nameless=nameless,
    )


def _refused(frame: pl.DataFrame) -> list[pl.DataFrame]:
    return [frame.filter(pl.col("reason").is_not_null())]


def _find_keys(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([frame.select(KEY) for frame in frames]).drop_nulls().unique().sort(KEY)


def _fill_optional(raw: pl.DataFrame) -> pl.DataFrame:
    missing = [column for column in _OPTIONAL if column not in raw.columns]
    return raw.with_columns(pl.lit(None, pl.String).alias(column) for column in missing)


def _map(frame: pl.DataFrame, catalog: Catalog, words: SourceWords) -> pl.DataFrame:
    frame = map_locations(frame, catalog.locations, system=words.system)
    default = pl.col("fact").replace_strict(words.units, default="", return_dtype=pl.String)
    named = pl.col("unit").fill_null("") != ""
    frame = frame.with_columns(unit=pl.when(named).then(pl.col("unit")).otherwise(default))
    return map_items(frame, catalog.identities, system=words.system, default_unit="", at="as_of")


def _leave_out_bundles(frame: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """A set sold as one item has no stock of its own: only its components are counted."""
    bundles = catalog.items.filter("is_bundle").select("sku")
    return frame.join(bundles, on="sku", how="anti") if bundles.height else frame


def _is_word(frame: pl.DataFrame) -> pl.Series:
    if frame["quantity"].dtype.is_integer():
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, frame.height)
    return frame["quantity"].is_in(list(WORDS)).fill_null(value=False)


def _find_conflicts(unique: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that give two numbers for one item, unit, place and bin."""
    grain = ["item_id", "unit", *KEY, "bin"]
    if unique.is_empty() or unique.select(pl.struct(grain).n_unique()).item() == unique.height:
        return unique.clear()
    return unique.filter(pl.struct(grain).is_duplicated())


def _quarantine_clash(clash: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    reason = "the same key stands with another quantity; the key is unknown this hour"
    return cells.split(clash.with_columns(reason=pl.lit(reason)), raw)[1]


def _sum_bins(frame: pl.DataFrame) -> pl.DataFrame:
    return (
        frame.group_by(KEY)
        .agg(units=pl.col("units").sum(), observed_at=pl.col("as_of").min())
        .sort("fact", "sku", "location_id")
        .select(*KEY, "units", "observed_at")
    )


def _keep_bins(frame: pl.DataFrame) -> pl.DataFrame:
    return (
        frame.filter(pl.col("bin").fill_null("") != "")
        .group_by(*KEY, "bin")
        .agg(units=pl.col("units").sum())
        .sort("fact", "sku", "location_id", "bin")
    )


def _shape_words(spoken: pl.DataFrame) -> pl.DataFrame:
    return (
        spoken.group_by(KEY)
        .agg(
            is_available=pl.col("quantity")
            .cast(pl.String)
            .replace_strict(WORDS, return_dtype=pl.Boolean)
            .any(),
            observed_at=pl.col("as_of").min(),
        )
        .sort("fact", "sku", "location_id")
    )


_NOTHING = Readings(
    observations=build_empty(OBSERVATION),
    availabilities=build_empty(AVAILABILITY),
    bins=build_empty(BIN),
    quarantine=build_empty(QUARANTINE),
    unknowns=pl.DataFrame(schema=dict.fromkeys(KEY, pl.String)),
    conflicts=0,
    repeats=0,
    nameless=0,
)
