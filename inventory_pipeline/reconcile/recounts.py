"""Recounts: two people counted the same thing and do not agree, so nobody is believed yet."""

from datetime import timedelta
from typing import Any

import polars as pl

from inventory_pipeline.model.movements import ON_HAND_SIGN
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.reconcile.problems import Row, render_stamp, write_details

# Two counts this close are the same task done twice; a later one is a new look.
SAME_TASK = timedelta(hours=2)
CONFLICT = {
    "system": pl.String(),
    "key_id": pl.Int32(),
    "details": pl.String(),
    "delta_units": pl.Int64(),
    "units": pl.Int64(),
    "rolled_units": pl.Int64(),
}


def find_conflicts(counts: pl.DataFrame, movements: pl.DataFrame) -> pl.DataFrame:
    """Return items of which the count that stands is contradicted by another person's.

    A count is of its own instant: the earlier one is rolled forward by what moved between
    the two before they are held together, so that orders shipped meanwhile divide nobody.
    One that agrees with any other settles it.

    Args:
        counts: rows of ``load_count_movements``: of a key the last one stands.
        movements: rows of ``load_movements``.
    """
    found = []
    twice = counts.filter(pl.len().over("system", "key_id") > 1)
    for _, told in twice.group_by("system", "key_id", maintain_order=True):
        stands = told.row(-1, named=True)
        others = [row for row in told.iter_rows(named=True) if _is_rival(row, stands)]
        rolled = [(row, _roll(row, stands, movements)) for row in others]
        if rolled and all(units != stands["units"] for _, units in rolled):
            found.append(_build(stands, *rolled[-1]))
    return pl.DataFrame(found, schema=CONFLICT)


def _is_rival(row: dict[str, Any], stands: dict[str, Any]) -> bool:
    return (
        row["movement_id"] != stands["movement_id"]
        and (row["actor"] or "") != (stands["actor"] or "")
        and abs(stands["moved_at"] - row["moved_at"]) <= SAME_TASK
    )


def _roll(row: dict[str, Any], stands: dict[str, Any], movements: pl.DataFrame) -> int:
    """Return the earlier count at the instant of the one that stands."""
    low, high = sorted((row["moved_at"], stands["moved_at"]))
    between = movements.filter(
        (pl.col("system") == stands["system"])
        & (pl.col("key_id") == stands["key_id"])
        & (pl.col("moved_at") > low)
        & (pl.col("moved_at") <= high)
    )
    signs = between["kind"].replace_strict(ON_HAND_SIGN, return_dtype=pl.Int64)
    moved: Any = (signs * between["units"]).sum()
    forward = 1 if row["moved_at"] <= stands["moved_at"] else -1
    return int(row["units"]) + forward * int(moved)


def _build(stands: dict[str, Any], other: dict[str, Any], rolled: int) -> dict[str, Any]:
    details = {
        "count_ids": [other["movement_id"], stands["movement_id"]],
        "counted_by": [other["actor"] or "", stands["actor"] or ""],
        "counted_units": [other["units"], stands["units"]],
        "counted_at": [render_stamp(other["moved_at"]), render_stamp(stands["moved_at"])],
        "rolled_units": rolled,
    }
    return {
        "system": stands["system"],
        "key_id": stands["key_id"],
        "details": write_details(details),
        "delta_units": stands["units"] - rolled,
        "units": stands["units"],
        "rolled_units": rolled,
    }


def describe_conflicts(conflicts: pl.DataFrame) -> list[Row]:
    """Return one major problem per conflict: it ends with a third count, not with a guess."""
    return [
        {
            "kind": "count_conflict",
            "fact": ON_HAND,
            "mirror": row["system"],
            "key_id": row["key_id"],
            "owner": row["system"],
            "class": "integrity",
            "severity": "major",
            "delta_units": row["delta_units"],
            "observed_units": row["units"],
            "expected_units": row["rolled_units"],
            "details": row["details"],
        }
        for row in conflicts.sort("system", "key_id").iter_rows(named=True)
    ]
