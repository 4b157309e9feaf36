"""Numbered: readings by fact and key number, in the order they are stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.ingest.keys import KeyBook, Spots
from inventory_pipeline.ingest.plain import Plain
from inventory_pipeline.ingest.words import encode, find_kind
from inventory_pipeline.model.frames import INSTANT

COLUMNS = {
    "fact_id": np.int16, "key_id": np.int32, "units": np.int64, "observed_at": np.int64,
}  # fmt: skip
_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Numbered:
    """One reading per (fact, key), sorted by both; eaches.

    Attributes:
        observed_at: microseconds since 1970, UTC.
    """

    fact_id: Any
    key_id: Any
    units: Any
    observed_at: Any

    @property
    def height(self) -> int:
        return len(self.key_id)

    def find_newest(self) -> datetime | None:
        """Return the newest instant, if there is a reading."""
        newest = self.observed_at.max() if self.height else None
        moment: datetime | None = pl.Series([newest], dtype=pl.Int64).cast(INSTANT)[0]
        return moment

    def tabulate(self, source_at: datetime | None) -> pl.DataFrame:
        """Return rows of ingest.counts without their batch."""
        newest = pl.Series([source_at], dtype=INSTANT).to_physical()[0] or 0
        return pl.DataFrame(
            {
                "fact_id": self.fact_id,
                "key_id": self.key_id,
                "units": self.units,
                "age_seconds": ((newest - self.observed_at) // _MICROSECONDS).astype(np.int32),
            }
        )


def number_readings(book: KeyBook, plain: Plain, others: pl.DataFrame) -> Numbered:
    """Put the plain rows and the readings that took a second look into one order.

    Args:
        others: OBSERVATION rows; they share no key with ``plain``.
    """
    pieces = _number(book, plain)
    for fact_id, piece in _number(book, _code(others)).items():
        pieces[fact_id] = _merge(pieces[fact_id], piece) if fact_id in pieces else piece
    return _concatenate([pieces[fact_id] for fact_id in sorted(pieces)])


def list_facts(*fact_ids: Any) -> pl.DataFrame:
    """Return rows of ingest.batch_facts without their batch: each fact once."""
    found = np.flatnonzero(np.bincount(np.concatenate(fact_ids)))
    return pl.DataFrame({"fact_id": found.astype(np.int16)})


def _concatenate(parts: list[Numbered]) -> Numbered:
    if len(parts) == 1:
        return parts[0]
    # An empty array of the right type comes first: there may be no part at all.
    return Numbered(
        **{
            name: np.concatenate([np.zeros(0, kind), *(getattr(part, name) for part in parts)])
            for name, kind in COLUMNS.items()
        }
    )


def _code(others: pl.DataFrame) -> Plain:
    coded = encode(others, ("sku", "location_id", "fact"))
    return Plain(
        **coded,
        units=others["units"].to_numpy(),
        observed_at=others["observed_at"].to_physical().to_numpy(),
    )


def _number(book: KeyBook, rows: Plain) -> dict[int, Numbered]:
    """Return the readings of each fact by its number, sorted by key."""
    if not rows.height:
        return {}
    spots, facts = book.find_spots(rows.sku, rows.location_id), book.number_facts(rows.fact)
    used = np.flatnonzero(facts >= 0)
    if used.size == 1:
        fact_id = facts[used[0]]
        return {int(fact_id): _sort(fact_id, spots, spots.of_row, rows.units, rows.observed_at)}
    pieces = {}
    for code in used:
        mine = _find_rows(rows.fact.codes == code)
        told = spots.of_row[mine], rows.units[mine], rows.observed_at[mine]
        pieces[int(facts[code])] = _sort(facts[code], spots, *told)
    return pieces


def _find_rows(is_mine: Any) -> Any:
    """Return the rows under a mask; as a slice where they stand together: that copies nothing."""
    rows = np.flatnonzero(is_mine)
    first, last = rows[0], rows[-1] + 1
    return slice(first, last) if last - first == rows.size else rows


def _sort(fact_id: Any, spots: Spots, spot: Any, units: Any, observed_at: Any) -> Numbered:
    """Sort by putting every row in its key's spot: no row is compared with another."""
    is_met = np.zeros(spots.size, np.bool_)
    is_met[spot] = True
    if spots.of_key is not None:
        is_met = is_met[spots.of_key]
    keys = np.flatnonzero(is_met).astype(np.int32)
    order = keys if spots.of_key is None else spots.of_key[keys]
    return Numbered(
        fact_id=np.broadcast_to(np.int16(fact_id), keys.shape),
        key_id=keys,
        units=_put(units, spot, order, spots.size),
        observed_at=_put(observed_at, spot, order, spots.size),
    )


def _put(column: Any, spot: Any, order: Any, size: int) -> Any:
    low, high = column.min(), column.max()
    if low == high:
        return np.broadcast_to(low, order.shape)
    table = np.empty(size, find_kind(max(-int(low), int(high)) + 1))
    table[spot] = column
    return table[order].astype(column.dtype, copy=False)


def _merge(many: Numbered, few: Numbered) -> Numbered:
    """Put some sorted readings among others of the same fact."""
    place = np.searchsorted(many.key_id, few.key_id)
    return Numbered(
        **{name: np.insert(getattr(many, name), place, getattr(few, name)) for name in COLUMNS}
    )
