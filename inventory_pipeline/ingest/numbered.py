"""Numbered: readings by fact and key number, in the order they are stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.ingest.keys import KeyBook
from inventory_pipeline.ingest.plain import Plain
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
    parts = []
    if plain.height:
        keys = book.number_keys(plain.sku, plain.location_id)
        facts = book.number_facts(plain.fact)
        parts.append(Numbered(facts, keys, plain.units, plain.observed_at))
    if others.height:
        coded = book.encode_readings(others).with_columns(pl.col("observed_at").to_physical())
        parts.append(Numbered(**{name: coded[name].to_numpy() for name in COLUMNS}))
    return _sort(_concatenate(parts), book.size)


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


def _sort(readings: Numbered, size: int) -> Numbered:
    """Sort by putting every row in its key's place: no row is compared with another."""
    facts = np.flatnonzero(np.bincount(readings.fact_id))
    return _concatenate([_sort_fact(readings, int(fact_id), size) for fact_id in facts])


def _sort_fact(readings: Numbered, fact_id: int, size: int) -> Numbered:
    is_mine = readings.fact_id == fact_id
    mine = [readings.key_id, readings.units, readings.observed_at]
    if not is_mine.all():
        mine = [column[is_mine] for column in mine]
    keys, units, observed_at = mine
    if not np.all(keys[1:] > keys[:-1]):
        is_met = np.zeros(size, np.bool_)
        is_met[keys] = True
        units, observed_at = (_put(column, keys, is_met) for column in (units, observed_at))
        keys = np.flatnonzero(is_met).astype(np.int32)
    return Numbered(np.full(keys.size, fact_id, np.int16), keys, units, observed_at)


def _put(column: Any, keys: Any, is_met: Any) -> Any:
    if column.min() == column.max():
        return column
    table = np.empty(is_met.size, column.dtype)
    table[keys] = column
    return table[is_met]
