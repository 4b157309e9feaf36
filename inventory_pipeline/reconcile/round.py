"""Round: every mirror rule of the configuration judged over one hour, read from the store."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from inventory_pipeline.config.models import Settings
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.quantities import COMMITTED
from inventory_pipeline.reconcile.dense import Owned
from inventory_pipeline.reconcile.hour import (
    Picture,
    derive_committed,
    find_committed_source,
    spread_by_sku,
)
from inventory_pipeline.reconcile.mirrors import Outcome, judge_mirror
from inventory_pipeline.reconcile.words import compare_words
from inventory_pipeline.store.queries import load_query
from inventory_pipeline.store.warehouse import DuckWarehouse

# A snapshot older than this is explained by no movement any more.
RETAINED = timedelta(days=14)

# What a count changed is seen between two readings; older ones than this tell nothing of it.
BEFORE_COUNT = timedelta(hours=6)


def judge_mirrors(
    warehouse: DuckWarehouse,
    picture: Picture,
    settings: Settings,
    catalog: Catalog,
    pending: pl.DataFrame,
) -> list[Outcome]:
    """Judge every mirror rule whose facts have one owner each, by what the store tells."""
    as_ofs = sorted({b.source_at for b in picture.batches.values() if b.source_at})
    return judge_picture(
        picture, settings, catalog,
        movements=_load_movements(warehouse, picture, settings, as_ofs),
        open_units={at: _load_open_units(warehouse, picture, settings, at) for at in as_ofs},
        pending=pending,
    )  # fmt: skip


def judge_picture(
    picture: Picture,
    settings: Settings,
    catalog: Catalog,
    *,
    movements: pl.DataFrame,
    open_units: Mapping[datetime, pl.DataFrame],
    pending: pl.DataFrame,
) -> list[Outcome]:
    """Judge every mirror rule whose facts have one owner each. Pure.

    Args:
        movements: rows of ``load_movements``.
        open_units: as-of instant → key_id, open_units.
        pending: corrections on their way, as NOTHING_PENDING.
    """
    outcomes = []
    for mirror in settings.mirrors:
        facts = dict(picture.facts)
        if COMMITTED in mirror.expects and COMMITTED not in facts:
            facts[COMMITTED] = _find_committed(picture, settings, mirror.system, open_units)
        outcome = judge_mirror(
            picture, settings, mirror,
            facts=facts,
            factors=_find_factors(picture, catalog, mirror.system, mirror.unit),
            movements=movements,
            open_units=open_units,
            pending=pending,
        )  # fmt: skip
        if outcome:
            outcomes.append(_add_words(outcome, picture, facts[outcome.primary]))
    return outcomes


def _load_movements(
    warehouse: DuckWarehouse, picture: Picture, settings: Settings, as_ofs: list[datetime]
) -> pl.DataFrame:
    high = as_ofs[-1] if as_ofs else picture.hour_at
    low = max(as_ofs[0] if as_ofs else high, high - RETAINED) - timedelta(days=2)
    window = {"hour_at": picture.hour_at, "low": low, "high": high}
    movements = warehouse.query(load_query("ledger", "load_movements"), **window)
    if "count" not in movements["kind"]:
        return movements
    effects = warehouse.query(
        load_query("ledger", "load_count_effects"),
        before=BEFORE_COUNT,
        at_order=[n for n, system in settings.systems.items() if system.decrements_at == "order"],
        **window,
    )
    return size_counts(movements, effects)


def size_counts(movements: pl.DataFrame, effects: pl.DataFrame) -> pl.DataFrame:
    """Give every count that a system took over what it changed: an adjustment of its instant.

    Args:
        effects: rows of ``load_count_effects``.
    """
    counts = movements.filter(pl.col("kind") == "count")
    on = ["system", "movement_id", "key_id"]
    sized = counts.join(effects, on=on, how="inner", validate="1:1").with_columns(
        kind=pl.lit("adjustment"), units=pl.col("effect_units")
    )
    return pl.concat([movements, sized.select(movements.columns)])


def _load_open_units(
    warehouse: DuckWarehouse, picture: Picture, settings: Settings, as_of: datetime
) -> pl.DataFrame:
    return warehouse.query(
        load_query("ledger", "load_open_orders"),
        hour_at=picture.hour_at,
        as_of=as_of,
        since=as_of - timedelta(days=settings.active_days),
    )


def _find_committed(
    picture: Picture,
    settings: Settings,
    mirror: str,
    open_units: Mapping[datetime, pl.DataFrame],
) -> Owned:
    """Commitments that no fact declares: counted by a system, else the open orders."""
    source = find_committed_source(settings, picture)
    if source is not None:
        column = picture.find_column(source, COMMITTED)
        return Owned(column, np.zeros(picture.size, np.int8), (source,))
    batch = picture.batches.get(mirror)
    told = open_units.get(batch.source_at) if batch and batch.source_at else None
    units = np.zeros(picture.size, np.int64)
    if told is not None and told.height:
        units[told["key_id"].to_numpy()] = told["open_units"].to_numpy()
    is_told = any(
        "movements" in s.options or s.connector != "files" for s in settings.systems.values()
    )
    return derive_committed(picture, units, is_told=is_told)


def _find_factors(picture: Picture, catalog: Catalog, system: str, unit: str | None) -> Any:
    if unit is None:
        return None
    at = pl.lit(picture.hour_at)
    valid = catalog.identities.filter(
        (pl.col("system") == system)
        & (pl.col("unit") == unit.upper())
        & (pl.col("denominator") == 1)
        & (pl.col("numerator") > 0)
        & (pl.col("valid_from") <= at)
        & (at < pl.col("valid_to"))
    )
    per_sku = valid.select("sku", "numerator").unique("sku", keep="first", maintain_order=True)
    return spread_by_sku(picture, per_sku, default=1)


def _add_words(outcome: Outcome, picture: Picture, owned: Owned) -> Outcome:
    words = picture.words.get((outcome.mirror.system, outcome.mirror.fact))
    if words is None:
        return outcome
    spoken = compare_words(outcome, owned, *words)
    columns = outcome.exceptions.columns
    merged = pl.concat([outcome.exceptions, spoken.select(columns)], how="vertical")
    return Outcome(**{**outcome.__dict__, "exceptions": merged.sort("key_id")})
