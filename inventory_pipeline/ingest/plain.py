"""Plain rows: what of a snapshot needs no second look, read by its distinct words.

A row is plain when it is the only row of its key and every cell of it is good: known unit, whole
eaches, no bin, no word. All rows of any other key are left to ``counts``, cell by cell; a key is
never divided between the two, so both together say what ``counts`` alone would say.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs

from inventory_pipeline.ingest import cells
from inventory_pipeline.ingest.counts import SourceWords
from inventory_pipeline.ingest.identity import map_items, map_locations
from inventory_pipeline.ingest.words import Coded, encode, find_repeats, pair, rename
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import INSTANT

NAMES = ("item_id", "location_id", "fact")
_MAX_UNITS = 999_999_999


@dataclass(frozen=True)
class Plain:
    """One row per key, in the source's order; units in whole eaches.

    Attributes:
        observed_at: microseconds since 1970, UTC.
    """

    sku: Coded
    location_id: Coded
    fact: Coded
    units: Any
    observed_at: Any

    @property
    def height(self) -> int:
        return len(self.units)

    def filter(self, is_kept: Any) -> "Plain":
        """Return the rows under a mask."""
        return Plain(
            sku=self.sku.filter(is_kept),
            location_id=self.location_id.filter(is_kept),
            fact=self.fact.filter(is_kept),
            units=self.units[is_kept],
            observed_at=self.observed_at[is_kept],
        )


def split_plain(
    raw: pl.DataFrame, catalog: Catalog, words: SourceWords
) -> tuple[Plain, pl.DataFrame]:
    """Part the plain rows of a counts feed from the rows that need a second look.

    Args:
        raw: columns of RAW_FEEDS["counts"] and ``row``; optional columns may be absent.

    Returns:
        The plain rows, and the other rows of ``raw``, their texts as texts.
    """
    optional = [name for name in ("unit", "bin") if name in raw.columns]
    coded = encode(raw, (*NAMES, *optional))
    is_odd = _find_odd_names(coded)
    observed_at = _read_instants(raw["as_of"], words, is_odd)
    number = _read_numbers(raw, words, is_odd)
    sku, units = _map_items(coded, number, observed_at, catalog, words, is_odd)
    location = _map_locations(coded["location_id"], catalog, words)
    is_odd |= find_repeats(sku, location, coded["fact"])
    everything = Plain(sku, location, coded["fact"], units, observed_at.array)
    if not is_odd.any():
        return everything, raw.clear()
    others = raw.filter(pl.Series(is_odd)).with_columns(cs.categorical().cast(pl.String))
    return everything.filter(~is_odd), others


def _find_odd_names(coded: dict[str, Coded]) -> Any:
    """Mark rows whose names ``cells`` would refuse, and rows that lie in a bin."""
    is_odd = np.zeros(len(coded["fact"].codes), np.bool_)
    for name in NAMES:
        texts = cells.start(coded[name].texts.to_frame(name))
        is_refused = cells.read_ids(texts, (name,))["reason"].is_not_null().to_numpy()
        _mark(is_odd, coded[name], is_refused)
    if "bin" in coded:
        _mark(is_odd, coded["bin"], (coded["bin"].texts != "").to_numpy())
    return is_odd


def _mark(is_odd: Any, coded: Coded, is_marked: Any) -> None:
    if is_marked.any():
        is_odd |= is_marked[coded.codes]


@dataclass(frozen=True)
class _Instants:
    """Instants in microseconds, 0 where there is none; and whether that happens."""

    array: Any
    has_gaps: bool


def _read_instants(column: pl.Series, words: SourceWords, is_odd: Any) -> _Instants:
    if not column.dtype.is_temporal():
        return _read_texts(column, words, is_odd)
    moments = column.cast(INSTANT).to_physical()
    has_gaps = moments.null_count() > 0
    moments = moments.fill_null(0)
    low: Any = moments.min()
    high: Any = moments.max()
    # One instant for all rows is the rule of an export: it is kept once.
    is_one = low is not None and low == high
    array = np.broadcast_to(np.int64(low), (len(moments),)) if is_one else moments.to_numpy()
    earliest, latest = _count(cells.EARLIEST), _count(words.latest)
    if array.size and (low < earliest or high > latest):
        is_odd |= (array < earliest) | (array > latest)
    return _Instants(array, has_gaps)


def _read_texts(column: pl.Series, words: SourceWords, is_odd: Any) -> _Instants:
    coded = encode(column.to_frame("as_of"), ("as_of",))["as_of"]
    texts = cells.start(coded.texts.to_frame("as_of"))
    read = cells.read_instant(texts, "as_of", zone=words.zone, latest=words.latest)
    _mark(is_odd, coded, read["reason"].is_not_null().to_numpy())
    moments = read["as_of"].to_physical()
    has_gaps = moments.null_count() > 0
    return _Instants(coded.spread(moments.fill_null(0).to_numpy()), has_gaps)


def _count(moment: datetime) -> int:
    return int(pl.Series([moment], dtype=INSTANT).to_physical()[0])


def _read_numbers(raw: pl.DataFrame, words: SourceWords, is_odd: Any) -> Any:
    column = raw["quantity"]
    if column.dtype.is_integer():
        whole = column.cast(pl.Int64, strict=False)
        if whole.null_count():
            is_odd |= whole.is_null().to_numpy()
        number = whole.fill_null(0).to_numpy()
        _mark_large(number, is_odd)
        return number
    read = cells.read_quantity(
        cells.start(raw.select("quantity")),
        "quantity", decimal=words.decimal, thousands=words.thousands,
    )  # fmt: skip
    is_odd |= read["reason"].is_not_null().to_numpy()
    return read["number"].fill_null(0).to_numpy()


def _find_units(coded: dict[str, Coded], words: SourceWords) -> Coded:
    """Return the unit of each row: its own, else the one the fact is counted in."""
    fact = coded["fact"]
    default = fact.texts.replace_strict(words.units, default="", return_dtype=pl.String)
    if "unit" not in coded:
        return rename(fact, default)
    codes, unit, of_fact = pair(coded["unit"], fact)
    own, other = coded["unit"].texts.gather(unit), default.gather(of_fact)
    named = pl.select(pl.when(pl.lit(own) != "").then(pl.lit(own)).otherwise(pl.lit(other)))
    return rename(Coded(codes, own), named.to_series())


def _map_items(
    coded: dict[str, Coded],
    number: Any,
    observed_at: _Instants,
    catalog: Catalog,
    words: SourceWords,
    is_odd: Any,
) -> tuple[Coded, Any]:
    """Return our sku and whole eaches, row by row; marks what ``cells`` would not convert."""
    known = catalog.identities.filter(pl.col("system") == words.system)
    moment = _find_moment(known, observed_at)
    if moment is None:
        is_odd[:] = True
        return coded["item_id"], number
    units = _find_units(coded, words)
    codes, item, unit = pair(coded["item_id"], units)
    met = pl.DataFrame(
        {"item_id": coded["item_id"].texts.gather(item), "unit": units.texts.gather(unit)}
    ).with_row_index("pair")
    mapped = map_items(
        met.with_columns(as_of=pl.lit(moment).cast(INSTANT)),
        catalog.identities, system=words.system, default_unit="", at="as_of",
    ).sort("pair")  # fmt: skip
    sku = rename(Coded(codes, mapped["item_id"]), mapped["sku"])
    bundles = catalog.items.filter("is_bundle")["sku"]
    _mark(is_odd, sku, sku.texts.is_in(bundles.implode()).to_numpy())
    return sku, _convert(number, codes, mapped, is_odd)


def _find_moment(known: pl.DataFrame, observed_at: _Instants) -> datetime | None:
    """Return an instant at which every row's item means what it means at its own."""
    array = observed_at.array
    if not array.size or known.is_empty():
        return cells.EARLIEST
    if observed_at.has_gaps:
        return None
    low, high = array.min(), array.max()
    edges = pl.concat([known["valid_from"], known["valid_to"]]).to_physical()
    if ((edges > low) & (edges <= high)).any():
        return None
    moment: datetime = pl.Series([low], dtype=pl.Int64).cast(INSTANT)[0]
    return moment.astimezone(UTC)


def _convert(number: Any, codes: Any, mapped: pl.DataFrame, is_odd: Any) -> Any:
    over, under = mapped["numerator"].to_numpy(), mapped["denominator"].to_numpy()
    if (over == 1).all() and (under == 1).all():
        return number
    units = over[codes]
    is_odd |= units == 0
    units *= number
    if (under != 1).any():
        divisor = under[codes]
        is_odd |= units % divisor != 0
        units //= divisor
    _mark_large(units, is_odd)
    return units


def _mark_large(number: Any, is_odd: Any) -> None:
    if number.size and (number.min() < -_MAX_UNITS or number.max() > _MAX_UNITS):
        is_odd |= (number < -_MAX_UNITS) | (number > _MAX_UNITS)


def _map_locations(location: Coded, catalog: Catalog, words: SourceWords) -> Coded:
    met = location.texts.to_frame("location_id").with_row_index("place")
    ours = map_locations(met, catalog.locations, system=words.system).sort("place")
    return rename(location, ours["location_id"])
