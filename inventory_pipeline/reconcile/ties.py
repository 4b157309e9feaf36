"""Ties: what a gap is connected with: orders it disappointed, the count it follows."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from inventory_pipeline.reconcile.problems import Row, write_details


def tie(
    gaps: pl.DataFrame,
    links: Mapping[int, Mapping[str, Any]],
    *,
    only: pl.Expr,
    symptom: int | None,
) -> pl.DataFrame:
    """Write into the details of gaps what they are tied to.

    Args:
        links: key_id → what to add to the details.
        only: which rows of those keys.
        symptom: the symptom that the tie shows; None leaves it.
    """
    wanted = only & pl.col("key_id").is_in(list(links))
    rows = [
        {
            **row,
            "details": write_details({**json.loads(row["details"]), **links[row["key_id"]]}),
            "symptom": symptom or row["symptom"],
        }
        for row in gaps.filter(wanted).iter_rows(named=True)
    ]
    rest = gaps.filter(~wanted.fill_null(value=False))
    return pl.concat([rest, pl.DataFrame(rows, schema=gaps.schema)])


def find_short_orders(orders: pl.DataFrame) -> dict[int, dict[str, Any]]:
    """Return key_id → orders that were placed and not shipped whole.

    Symptom 2 of the three: the order is accepted and the pick fails.

    Args:
        orders: rows of ``load_short_orders``.
    """
    sums = _sum_orders(orders)
    return {key: {"orders": link} for key, link in sums.items() if link["refunded_units"]}


def find_counts_told_once(gaps: pl.DataFrame, variances: list[Row]) -> dict[int, dict[str, Any]]:
    """Return key_id → the count that opened the gap: the owner took it over, the mirror did not.

    Symptom 3 of the three: a count mends one system and opens a gap in another.
    """
    moved = {row["key_id"]: row for row in variances if row["kind"] == "count_variance"}
    found: dict[int, dict[str, Any]] = {}
    for key_id, delta in gaps.select("key_id", "delta_units").drop_nulls().iter_rows():
        row = moved.get(key_id)
        if row and row["delta_units"] == -delta:
            found[key_id] = {"count": json.loads(str(row["details"]))}
    return found


def _sum_orders(orders: pl.DataFrame) -> dict[int, dict[str, Any]]:
    names = {
        "order_placed": "ordered_units",
        "shipment": "shipped_units",
        "order_cancelled": "refunded_units",
        "return_initiated": "returned_units",
    }
    largest = orders.group_by("key_id", "order_id", "kind").agg(pl.col("units").max())
    result: dict[int, dict[str, Any]] = {}
    for row in largest.sort("key_id", "order_id", "kind").iter_rows(named=True):
        link = result.setdefault(row["key_id"], {**dict.fromkeys(names.values(), 0), "ids": []})
        link[names[row["kind"]]] += row["units"]
        if row["kind"] == "order_placed":
            link["ids"].append(row["order_id"])
    return result
