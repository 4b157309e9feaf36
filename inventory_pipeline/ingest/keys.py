"""Keys: (sku, location) and fact names become small integers once, and stay so."""

from typing import Protocol

import polars as pl

from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse

KEYS = {
    "key_id": pl.Int32,
    "sku_id": pl.Int32,
    "place_id": pl.Int16,
    "sku": pl.String,
    "location_id": pl.String,
}
FACTS = {"fact_id": pl.Int16, "fact": pl.String}


class KeyBook(Protocol):
    """Turns names into numbers."""

    def encode(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add key_id (Int32) for sku and location_id; new keys get the next numbers."""


class WarehouseKeyBook:
    """The key book of the warehouse: append only, numbers given in sorted order of arrival."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._keys = warehouse.query(load_query("ingest", "load_keys"))
        self._facts = warehouse.query(load_query("ingest", "load_fact_names"))

    def encode(self, frame: pl.DataFrame) -> pl.DataFrame:
        on = ["sku", "location_id"]
        wanted = frame.select(on).unique()
        fresh = wanted.join(self._keys, on=on, how="anti").sort(on)
        if fresh.height:
            first = self._keys.height
            new = (
                _number(
                    _number(fresh, self._keys, "sku", "sku_id"),
                    self._keys,
                    "location_id",
                    "place_id",
                )
                .with_columns(key_id=pl.int_range(first, first + fresh.height, dtype=pl.Int32))
                .select(pl.col(name).cast(kind) for name, kind in KEYS.items())
            )
            self._warehouse.append("ingest.keys", new)
            self._keys = pl.concat([self._keys, new])
        known = self._keys.select("key_id", *on)
        return frame.join(known, on=on, how="left", validate="m:1")

    def encode_facts(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add fact_id (Int16) for fact."""
        fresh = sorted(set(frame["fact"].unique()) - set(self._facts["fact"]))
        if fresh:
            first = self._facts.height
            new = (
                pl.DataFrame({"fact": fresh})
                .with_columns(fact_id=pl.int_range(first, first + len(fresh), dtype=pl.Int16))
                .select(*FACTS)
            )
            self._warehouse.append("ingest.fact_names", new)
            self._facts = pl.concat([self._facts, new])
        return frame.join(self._facts, on="fact", how="left", validate="m:1")


def _number(fresh: pl.DataFrame, known: pl.DataFrame, name: str, number: str) -> pl.DataFrame:
    """Give each new value of ``name`` the next number; a known value keeps its own."""
    book = known.select(name, number).unique()
    new = fresh.select(name).unique().join(book, on=name, how="anti").sort(name)
    new = new.with_columns(
        pl.int_range(book.height, book.height + new.height).cast(KEYS[number]).alias(number)
    )
    return fresh.join(pl.concat([book, new]), on=name, how="left", validate="m:1")
