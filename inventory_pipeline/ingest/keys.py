"""Keys: (sku, location) and fact names become small integers once, and stay so."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.ingest.words import Coded, encode, find_kind
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse

# A table of every (sku, place) is used up to this many cells for each key there is.
_CELLS_PER_KEY = 8
_MIN_CELLS = 1 << 20


class Names:
    """Texts numbered in the order they were first met; new ones of one meeting by name."""

    def __init__(self, known: pl.Series) -> None:
        self.known = known

    def number(self, coded: Coded) -> tuple[Any, pl.Series]:
        """Return the number of every text a row uses, and the texts that were new.

        Returns:
            One number per text (-1 where no row uses it), and the new texts.
        """
        is_used = pl.Series(coded.find_used())
        met = pl.DataFrame({"text": coded.texts, "is_used": is_used}).with_row_index("place")
        met = met.filter("is_used").join(self._tabulate(), on="text", how="left", validate="m:1")
        new = met.filter(pl.col("number").is_null())["text"].sort()
        if new.len():
            self.known = pl.concat([self.known, new])
            return self.number(coded)[0], new
        numbers = np.full(coded.texts.len(), -1, np.int32)
        numbers[met["place"].to_numpy()] = met["number"].to_numpy()
        return numbers, new

    def _tabulate(self) -> pl.DataFrame:
        return pl.DataFrame({"text": self.known}).with_row_index("number")


@dataclass(frozen=True)
class Spots:
    """A place in a table for the key of each row, so that keys are met and put, never compared.

    Attributes:
        of_row: row → spot.
        of_key: key_id → spot; None where the spot is the key_id.
        size: how many spots there are.
    """

    of_row: Any
    of_key: Any
    size: int

    def find_keys(self) -> Any:
        """Return key_id (Int32) row by row."""
        if self.of_key is None:
            return self.of_row
        keys = np.empty(self.size, np.int32)
        keys[self.of_key] = np.arange(self.of_key.size, dtype=np.int32)
        return keys[self.of_row]


class KeyBook:
    """Numbers for names: append only. A new key's number follows its sku's and its place's.

    Attributes:
        sku_of, place_of: key → number of its sku, number of its location.
    """

    def __init__(
        self,
        skus: pl.Series | None = None,
        places: pl.Series | None = None,
        facts: pl.Series | None = None,
        sku_of: Any = (),
        place_of: Any = (),
    ) -> None:
        nothing = pl.Series(dtype=pl.String)
        self.skus = Names(nothing if skus is None else skus)
        self.places = Names(nothing if places is None else places)
        self.facts = Names(nothing if facts is None else facts)
        self.sku_of = np.asarray(sku_of, np.int32)
        self.place_of = np.asarray(place_of, np.int32)
        self._fresh: dict[str, list[pl.DataFrame]] = {}

    @property
    def size(self) -> int:
        return len(self.sku_of)

    def take_fresh(self) -> dict[str, pl.DataFrame]:
        """Return what is new since the last call: table of the warehouse → rows."""
        fresh, self._fresh = self._fresh, {}
        return {table: pl.concat(parts) for table, parts in fresh.items()}

    def find_spots(self, sku: Coded, location: Coded) -> Spots:
        """Return where each row's key stands; a key not met before gets its number."""
        skus, new_skus = self.skus.number(sku)
        places, new_places = self.places.number(location)
        self._note("ingest.skus", "sku_id", "sku", new_skus, self.skus)
        self._note("ingest.places", "place_id", "location_id", new_places, self.places)
        width = self.places.known.len()
        size = self.skus.known.len() * width
        # Numpy would rather have wider ones as an index, but fresh memory costs more than that.
        cells = sku.spread(skus * find_kind(size)(width)) + location.spread(places)
        if size <= _CELLS_PER_KEY * (self.size + cells.size) + _MIN_CELLS:
            return self._find_by_table(cells, size, width)
        return self._find_by_join(cells, width)

    def number_facts(self, fact: Coded) -> Any:
        """Return fact_id (Int16) of each text; -1 where no row uses it."""
        numbers, new = self.facts.number(fact)
        self._note("ingest.fact_names", "fact_id", "fact", new, self.facts)
        return numbers.astype(np.int16)

    def encode_keys(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add key_id for sku and location_id."""
        if frame.is_empty():
            return frame.with_columns(key_id=pl.lit(None, pl.Int32))
        coded = encode(frame, ("sku", "location_id"))
        keys = self.find_spots(coded["sku"], coded["location_id"]).find_keys()
        return frame.with_columns(pl.Series("key_id", keys, pl.Int32))

    def encode_readings(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add key_id for sku and location_id, and fact_id for fact."""
        if frame.is_empty():
            return self.encode_keys(frame).with_columns(fact_id=pl.lit(None, pl.Int16))
        coded = encode(frame, ("fact",))["fact"]
        facts = coded.spread(self.number_facts(coded))
        return self.encode_keys(frame).with_columns(pl.Series("fact_id", facts, pl.Int16))

    def _find_by_table(self, cells: Any, size: int, width: int) -> Spots:
        known, is_new = self._find_cells(size, width), np.zeros(size, np.bool_)
        is_new[cells] = True
        is_new[known] = False
        new = np.flatnonzero(is_new).astype(known.dtype)
        if new.size:
            self._add(new, width)
        return Spots(cells, np.concatenate([known, new]) if new.size else known, size)

    def _find_cells(self, size: int, width: int) -> Any:
        return self.sku_of * find_kind(size)(width) + self.place_of

    def _find_by_join(self, cells: Any, width: int) -> Spots:
        known = self._find_cells(self.skus.known.len() * width, width)
        book = pl.DataFrame({"cell": known}).with_row_index("key_id")
        new = pl.DataFrame({"cell": cells}).unique().join(book, on="cell", how="anti")["cell"]
        if new.len():
            self._add(new.sort().to_numpy(), width)
            return self._find_by_join(cells, width)
        found = pl.DataFrame({"cell": cells}).join(
            book, on="cell", how="left", validate="m:1", maintain_order="left"
        )
        return Spots(found["key_id"].cast(pl.Int32).to_numpy(), None, self.size)

    def _add(self, cells: Any, width: int) -> None:
        first, sku_of = self.size, cells // width
        place_of = (cells - sku_of * width).astype(np.int32)
        sku_of = sku_of.astype(np.int32)
        self.sku_of = np.concatenate([self.sku_of, sku_of])
        self.place_of = np.concatenate([self.place_of, place_of])
        numbers = np.arange(first, self.size, dtype=np.int32)
        rows = pl.DataFrame({"key_id": numbers, "sku_id": sku_of, "place_id": place_of})
        self._fresh.setdefault("ingest.key_codes", []).append(rows)

    def _note(self, table: str, number: str, name: str, new: pl.Series, names: Names) -> None:
        if new.len():
            first = names.known.len() - new.len()
            rows = pl.DataFrame({name: new}).with_row_index(number, offset=first)
            self._fresh.setdefault(table, []).append(rows)


def load_key_book(warehouse: Warehouse) -> KeyBook:
    """Return the key book as the warehouse has it."""
    skus = warehouse.query(load_query("ingest", "load_skus"))["sku"]
    places = warehouse.query(load_query("ingest", "load_places"))["location_id"]
    facts = warehouse.query(load_query("ingest", "load_fact_names"))["fact"]
    keys = warehouse.arrays(load_query("ingest", "load_key_codes"))
    sku_of, place_of = arrange(keys["key_id"], keys["sku_id"], keys["place_id"])
    return KeyBook(skus, places, facts, sku_of, place_of)


def arrange(key_id: Any, *columns: Any) -> list[Any]:
    """Return columns by key number: the rows come in any order, and nearly always in this one."""
    if np.array_equal(key_id, np.arange(key_id.size, dtype=key_id.dtype)):
        return list(columns)
    placed = [np.empty_like(column) for column in columns]
    for place, column in zip(placed, columns, strict=True):
        place[key_id] = column
    return placed


def save_fresh(warehouse: Warehouse, book: KeyBook) -> None:
    """Write what the book has learned."""
    for table, rows in book.take_fresh().items():
        warehouse.append(table, rows)
