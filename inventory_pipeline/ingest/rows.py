"""Rows of an event feed: what movements, level changes and logs are read with alike."""

from dataclasses import dataclass

import polars as pl

from inventory_pipeline.ingest import cells
from inventory_pipeline.ingest.counts import SourceWords
from inventory_pipeline.ingest.identity import map_items, map_locations
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import INSTANT, RAW_FEEDS, Contract, conform
from inventory_pipeline.model.wording import word

OPERATIONS = ("set", "add")


@dataclass(frozen=True)
class Events:
    """One event feed in our words: rows by contract, and what was refused."""

    rows: pl.DataFrame
    quarantine: pl.DataFrame


def fill(feed: str, raw: pl.DataFrame) -> pl.DataFrame:
    """Return the text rows with every column the feed may have; what is not there is null."""
    columns = (*RAW_FEEDS[feed][0], *RAW_FEEDS[feed][1], "unit", "fact")
    missing = [c for c in dict.fromkeys(columns) if c not in raw.columns]
    return raw.with_columns(pl.lit(None, pl.String).alias(column) for column in missing)


def read_optional_instants(
    frame: pl.DataFrame, columns: tuple[str, ...], words: SourceWords
) -> pl.DataFrame:
    """Turn text columns that may be empty into UTC instants."""
    for column in columns:
        frame = cells.read_instant(
            frame, column, zone=words.zone, latest=words.latest, required=False
        )
    return frame


def read_operation(frame: pl.DataFrame) -> pl.DataFrame:
    """Refuse rows that neither set a level nor add to it."""
    return cells.refuse(
        frame,
        ~pl.col("operation").is_in(OPERATIONS),
        word("operation is '{}', wanted set or add", "operation"),
    )


def read_amount(
    frame: pl.DataFrame, catalog: Catalog, words: SourceWords, *, at: str
) -> pl.DataFrame:
    """Read item, location, quantity and sequence: sku, location_id, units in eaches.

    Args:
        at: the column of the instant by which an identity must be valid.
    """
    frame = map_locations(frame, catalog.locations, system=words.system)
    default = pl.col("fact").replace_strict(words.units, default="", return_dtype=pl.String)
    named = pl.col("unit").fill_null("") != ""
    frame = frame.with_columns(unit=pl.when(named).then(pl.col("unit")).otherwise(default))
    frame = map_items(frame, catalog.identities, system=words.system, default_unit="", at=at)
    frame = cells.read_quantity(frame, "quantity", decimal=words.decimal, thousands=words.thousands)
    return read_whole(cells.convert_units(frame), "sequence")


def read_whole(frame: pl.DataFrame, column: str, *, digits: int = 18) -> pl.DataFrame:
    """Turn a text column into Int64; empty is null, anything but digits is refused."""
    text = pl.col(column).cast(pl.String)
    is_number = text.str.contains(f"^[0-9]{{1,{digits}}}$")
    frame = cells.refuse(
        frame,
        text.is_not_null() & (text != "") & ~is_number,
        word("{} is '{}', wanted a whole number", pl.lit(column), text.str.slice(0, 40)),
    )
    return frame.with_columns(pl.when(is_number).then(text).cast(pl.Int64).alias(column))


def finish(
    frame: pl.DataFrame, raw: pl.DataFrame, contract: Contract, identity: tuple[str, ...]
) -> Events:
    """Part good rows from refused ones; equal repeats collapse, contradictions are refused.

    Args:
        identity: the columns that name a row; none where a row has no name of its own.
    """
    good, quarantine = cells.split(frame, raw)
    texts = [c for c, kind in contract.items() if kind == pl.String()]
    times = [c for c, kind in contract.items() if kind == INSTANT]
    good = good.with_columns(
        *[pl.col(c).cast(pl.String).fill_null("") for c in texts],
        *[pl.col(c).cast(INSTANT) for c in times],
    )
    good = good.sort("row").unique(list(contract), keep="first", maintain_order=True)
    order = list(identity) or list(contract)
    if identity:
        # The first telling stands: the same id with other words is no new event.
        is_first = pl.struct(identity).is_first_distinct()
        reason = pl.lit(f"{' '.join(identity)} came before with other words; the first stands")
        again = cells.split(good.filter(~is_first).with_columns(reason=reason), raw)[1]
        quarantine = pl.concat([quarantine, again]).sort("row")
        good = good.filter(is_first)
    return Events(conform(good, contract, name="events").sort(order), quarantine)
