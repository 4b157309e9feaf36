"""Silence: an item that always sold, has stock on record, and has stopped selling.

The inspection rule of the phantom-stockout literature: a run without a sale that is too
improbable under the item's own demand is no accident. Stock nobody can find looks like that.
"""

import math
from datetime import timedelta
from typing import Any

import polars as pl

from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.reconcile.problems import Row, render_stamp, write_details

# Sales longer ago say little of today's demand (the sell-through window).
REACH = timedelta(days=28)
# Fewer sales than these tell no rate.
LEAST_SALES = 10
# Real demand comes in bursts: the run must also be this much longer than any before it.
LONGER = 3
# The chance of accusing any item of the shop by accident, in one hour.
ACCIDENT = 0.001


def find_silent_items(runs: pl.DataFrame, *, units: pl.Series, owner: str, items: int) -> list[Row]:
    """Return a problem for each item whose run without a sale is no accident.

    An item's share of the shop's orders up to its last one says how many of the orders since
    then should have held it; under Poisson demand none is as likely as e to the minus that.

    Args:
        runs: key_id, sale_count, last_sold_at, sold_before, sold_since, longest_pause (the
            last three in orders of the whole shop).
        units: the owner's on_hand of each row, eaches.
        items: how many items are watched: the more, the rarer each may be accused.
    """
    missed = pl.col("sale_count") * pl.col("sold_since") / pl.col("sold_before")
    told = runs.with_columns(units=units, missed=missed).filter(
        (pl.col("units") > 0)
        & (pl.col("missed") > math.log(max(items, 1) / ACCIDENT))
        & (pl.col("sold_since") > LONGER * pl.col("longest_pause"))
    )
    return [_build(row, owner) for row in told.sort("key_id").iter_rows(named=True)]


def _build(row: dict[str, Any], owner: str) -> Row:
    return {
        "kind": "phantom",
        "fact": ON_HAND,
        "mirror": owner,
        "key_id": row["key_id"],
        "owner": owner,
        "class": "phantom_stock",
        "severity": "notable",
        "owner_units": row["units"],
        "details": write_details(
            {
                "last_sold_at": render_stamp(row["last_sold_at"]),
                "missed_sales": round(row["missed"], 1),
                "sales": row["sale_count"],
            }
        ),
    }
