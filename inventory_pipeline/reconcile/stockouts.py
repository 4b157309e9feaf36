"""Stockouts: nothing anywhere and every system says so; that is not drift (CLS-03)."""

import numpy as np
import polars as pl

from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.reconcile.findings import IDENTITY, build_problems
from inventory_pipeline.reconcile.hour import Picture
from inventory_pipeline.reconcile.mirrors import Outcome


def find_stockouts(
    picture: Picture, outcomes: list[Outcome], known: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return stockouts that begin this hour, and identities of those that end.

    A stockout that goes on is not told again every hour: thousands of items may rest at
    zero for years.

    Returns:
        PROBLEM rows (severity ``none``), and the identities of stockouts that are over.
    """
    owned = picture.facts.get(ON_HAND)
    if owned is None:
        return build_problems([]), known.clear().select(IDENTITY)
    is_empty = owned.column.is_present & (owned.column.units == 0)
    is_told = np.zeros(picture.size, np.bool_)
    for outcome in outcomes:
        c = outcome.comparison
        is_empty &= ~c.is_compared | (c.observed == 0)
        is_told |= c.is_compared
    is_empty &= is_told
    before = known.filter((pl.col("kind") == "stockout") & (pl.col("state") == "open"))
    was_empty = np.zeros(picture.size, np.bool_)
    was_empty[before["key_id"].to_numpy()] = True
    over = was_empty & ~is_empty & owned.column.is_known
    began = np.flatnonzero(is_empty & ~was_empty)
    names = pl.Series(owned.owners, dtype=pl.String)
    opened = build_problems([]).clear()
    if len(began):
        opened = _describe(began, names.gather(owned.owner_of[began].astype(np.uint32)), opened)
    ended = before.filter(pl.Series(over[before["key_id"].to_numpy()], dtype=pl.Boolean))
    return opened, ended.select(IDENTITY)


def _describe(
    keys: np.ndarray[tuple[int], np.dtype[np.int64]], owners: pl.Series, shape: pl.DataFrame
) -> pl.DataFrame:
    fixed: dict[str, object] = {
        "kind": "stockout", "fact": ON_HAND, "mirror": "", "subject": "", "class": "stockout",
        "severity": "none", "symptom": None, "delta_units": 0, "owner_units": 0,
        "observed_units": 0, "expected_units": 0, "is_settled": False, "is_consistent": False,
        "money_at_risk": None, "details": "{}",
    }  # fmt: skip
    return pl.DataFrame({"key_id": keys, "owner": owners}).select(
        (pl.col(n) if n in ("key_id", "owner") else pl.lit(fixed[n])).cast(kind).alias(n)
        for n, kind in shape.schema.items()
    )
