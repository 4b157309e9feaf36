"""One hour out of the warehouse: every count as an array, and who is judged by whom."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.config.facts import Fact
from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.catalog import Catalog, find_pools
from inventory_pipeline.model.quantities import COMMITTED, ON_HAND, SAFETY_STOCK
from inventory_pipeline.reconcile.dense import (
    Column,
    Hour,
    Int,
    Mask,
    Owned,
    assemble,
    build_silence,
    pool,
)
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import Warehouse

WHOLE = ("complete", "late")
SPOKE = (*WHOLE, "partial", "suspect")


@dataclass(frozen=True)
class Batch:
    """One system's counts in the hour."""

    batch_id: int
    system: str
    status: str
    source_at: datetime | None


@dataclass
class Picture:
    """Everything an hour's judgement needs, in arrays and small frames.

    Attributes:
        sku_of, place_of: key → sku number, location number.
        skus: sku number → sku.
        active_skus: how many SKUs have stock anywhere, or moved in the window.
        batches: system → its counts of the hour, heard or not.
        facts: fact → its owner's numbers; a fact without exactly one owner is not here.
        words: (system, fact) → keys spoken of in words, and what was said.
        fact_ids: fact → number in the warehouse.
        pools: keys of places that count several of ours as one.
    """

    hour_at: datetime
    hour: Hour
    sku_of: Any
    place_of: Any
    skus: pl.Series
    places: dict[str, int]
    batches: dict[str, Batch]
    facts: dict[str, Owned] = field(default_factory=dict)
    words: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict)
    fact_ids: dict[str, int] = field(default_factory=dict)
    pools: Any = ()
    active_skus: int = 0

    @property
    def size(self) -> int:
        return self.hour.size

    def is_whole(self, system: str) -> bool:
        """Return whether the system answered for every key it has."""
        return system in self.batches and self.batches[system].status in WHOLE

    def name_skus(self, keys: pl.Series) -> pl.Series:
        """Return the sku of each key."""
        return self.skus.gather(self.sku_of[keys.to_numpy()]).alias("sku")

    def find_column(self, system: str, fact: str) -> Column:
        """Return the system's numbers; of one that spoke and never named the fact, silence."""
        return self.hour.find(system, fact) or build_silence(self.size)


def load_picture(
    warehouse: Warehouse, settings: Settings, catalog: Catalog, hour_at: datetime
) -> Picture:
    """Read one hour's counts and put every fact together from its owners."""
    keys = warehouse.arrays(load_query("reconcile", "load_keys"))
    sku_of, place_of = np.empty_like(keys["sku_id"]), np.empty_like(keys["place_id"])
    sku_of[keys["key_id"]], place_of[keys["key_id"]] = keys["sku_id"], keys["place_id"]
    places = warehouse.query(load_query("reconcile", "load_places"))
    batches = {
        row["system"]: Batch(row["batch_id"], row["system"], row["status"], row["source_at"])
        for row in warehouse.query(
            load_query("reconcile", "load_batches"), hour_at=hour_at
        ).iter_rows(named=True)
    }
    picture = Picture(
        hour_at=hour_at,
        hour=Hour(sku_of.size),
        sku_of=sku_of,
        place_of=place_of,
        skus=warehouse.query(load_query("reconcile", "load_skus"))["sku"],
        places={name: number for number, name in places.iter_rows()},
        batches=batches,
    )
    _load_columns(warehouse, picture)
    assemble_facts(picture, settings, catalog)
    since = hour_at - timedelta(days=settings.active_days)
    moved = warehouse.arrays(load_query("ledger", "load_active_keys"), hour_at=hour_at, since=since)
    picture.active_skus = count_active(picture, moved["key_id"])
    return picture


def _load_columns(warehouse: Warehouse, picture: Picture) -> None:
    by_id = {batch.batch_id: batch for batch in picture.batches.values()}
    columns = warehouse.query(load_query("reconcile", "load_columns"), hour_at=picture.hour_at)
    for batch_id, fact_id, fact in columns.iter_rows():
        batch = by_id[batch_id]
        picture.fact_ids[fact] = fact_id
        place = {"batch_id": batch_id, "fact_id": fact_id}
        counts = warehouse.arrays(load_query("reconcile", "load_units"), **place)
        unknown = warehouse.arrays(load_query("reconcile", "load_unknowns"), **place)
        words = warehouse.arrays(load_query("reconcile", "load_words"), **place)
        if len(words["key_id"]):
            picture.words[batch.system, fact] = (words["key_id"], words["is_available"])
        picture.hour.add(
            batch.system,
            fact,
            keys=counts["key_id"],
            units=counts["units"],
            unknown_keys=np.concatenate([unknown["key_id"], words["key_id"]]),
            is_whole=batch.status in WHOLE,
        )


def count_active(picture: Picture, moved: Any) -> int:
    """Count SKUs with stock anywhere this hour, or with a key that moved in the window."""
    is_active = np.zeros(picture.size, np.bool_)
    for column in picture.hour.columns.values():
        is_active |= column.units != 0
    for keys, says in picture.words.values():
        is_active[keys[says]] = True
    is_active[moved] = True
    return count_distinct(picture.sku_of[is_active], picture.skus.len())


def count_distinct(numbers: Any, size: int) -> int:
    """Count different numbers below ``size`` without sorting them."""
    is_met = np.zeros(size, np.bool_)
    is_met[numbers] = True
    return int(np.count_nonzero(is_met))


def assemble_facts(picture: Picture, settings: Settings, catalog: Catalog) -> None:
    """Put every fact together from its owners, over the columns the picture has."""
    links = _find_links(picture, catalog)
    picture.pools = np.unique(np.asarray(links[0], np.int64))
    for name, fact in settings.facts.items():
        if len(fact.owners) == 1:
            scopes = _find_scopes(picture, fact, catalog)
            owned = assemble(picture.hour, name, default=fact.owners[0], scopes=scopes)
            picture.facts[name] = pool(_answer_for_absent(picture, name, owned), *links)
    picture.facts[SAFETY_STOCK] = _spread_safety_stock(picture, catalog)


def _answer_for_absent(picture: Picture, name: str, owned: Owned) -> Owned:
    """A whole snapshot that never names a fact answers for it: nothing is promised.

    On-hand is different: an owner of it that lists no item has not counted anything.
    """
    if name == ON_HAND:
        return owned
    known = owned.column.is_known.copy()
    for number, owner in enumerate(owned.owners):
        if picture.hour.find(owner, name) is None and picture.is_whole(owner):
            known[owned.owner_of == number] = True
    return Owned(
        Column(owned.column.units, owned.column.is_present, known), owned.owner_of, owned.owners
    )


def _find_scopes(picture: Picture, fact: Fact, catalog: Catalog) -> list[tuple[Mask, str]]:
    scopes: list[tuple[Mask, str]] = []
    for scope in fact.scopes:
        mask = np.ones(picture.size, np.bool_)
        if scope.location is not None:
            mask &= picture.place_of == picture.places.get(scope.location, -1)
        if scope.abc_class is not None:
            skus = catalog.items.filter(pl.col("abc_class") == scope.abc_class)["sku"]
            mask &= picture.skus.is_in(skus.implode()).to_numpy()[picture.sku_of]
        scopes.append((mask, scope.owner))
    return scopes


def _spread_safety_stock(picture: Picture, catalog: Catalog) -> Owned:
    stock = catalog.items.select("sku", "safety_stock").filter(pl.col("safety_stock") > 0)
    units = spread_by_sku(picture, stock, default=0)
    everywhere = np.ones(picture.size, np.bool_)
    return Owned(
        Column(units, everywhere, everywhere), np.zeros(picture.size, np.int8), ("catalog",)
    )


def spread_by_sku(picture: Picture, values: pl.DataFrame, *, default: int) -> Int:
    """Turn (sku, whole number) into one number per key; skus not listed get ``default``."""
    if values.is_empty():
        return np.full(picture.size, default, np.int64)
    known = pl.DataFrame({"sku": picture.skus}).with_row_index("sku_id")
    listed = known.join(values, on="sku", how="inner", validate="1:1")
    by_sku = np.full(known.height, default, np.int64)
    by_sku[listed["sku_id"].to_numpy()] = listed[values.columns[1]].to_numpy()
    spread: Int = by_sku[picture.sku_of]
    return spread


def _find_links(picture: Picture, catalog: Catalog) -> tuple[Any, Any]:
    """Return the keys of places that count several of ours as one, and of each member."""
    pools = find_pools(catalog.locations).select("pool_id", "location_id").unique()
    if pools.is_empty():
        return [], []
    numbers = pl.DataFrame(
        {"name": list(picture.places), "place_id": list(picture.places.values())},
        schema={"name": pl.String, "place_id": pl.Int32},
    )
    pairs = pools.join(numbers, left_on="pool_id", right_on="name", how="inner").join(
        numbers, left_on="location_id", right_on="name", how="inner", suffix="_member"
    )
    keys = pl.DataFrame({"sku_id": picture.sku_of, "place_id": picture.place_of}).with_row_index(
        "key_id"
    )
    links = (
        keys.join(pairs, on="place_id", how="inner")
        .join(
            keys.rename({"key_id": "member_id"}),
            left_on=["sku_id", "place_id_member"],
            right_on=["sku_id", "place_id"],
            how="inner",
        )
        .sort("key_id", "member_id")
    )
    return links["key_id"].to_numpy(), links["member_id"].to_numpy()


def derive_committed(picture: Picture, open_units: Int, *, is_told: bool) -> Owned:
    """Return ``committed`` where no system owns it: the open orders that movements tell of.

    Args:
        is_told: whether any system gives movements; if none does, 0 is assumed and the
            comparison says so.
    """
    everywhere = np.ones(picture.size, np.bool_)
    return Owned(
        Column(open_units, everywhere, everywhere),
        np.zeros(picture.size, np.int8),
        ("movements" if is_told else "nobody",),
    )


def find_committed_source(settings: Settings, picture: Picture) -> str | None:
    """Return the system whose counts tell of commitments when no fact declares an owner."""
    fact = settings.facts.get(ON_HAND)
    candidates = [*(fact.owners if fact else []), *picture.batches]
    return next((s for s in candidates if picture.hour.find(s, COMMITTED) is not None), None)
