"""Variance: an owner's record against what somebody counted, and goods in another bin."""

from typing import Any

import polars as pl

from inventory_pipeline.model.movements import ON_HAND_SIGN
from inventory_pipeline.model.quantities import ON_HAND
from inventory_pipeline.reconcile.problems import Row, render_stamp, write_details

MISPLACED_WORDS = ("wrong_bin", "misplaced", "other_bin")


def find_variances(
    counts: pl.DataFrame, records: pl.DataFrame, movements: pl.DataFrame, *, bands: Any
) -> list[Row]:
    """Return physical counts that differ from their owner's record (CLS-02, CLS-06).

    The record is the owner's last reading before the count (else the first after it),
    rolled forward by the owner's own movements between the two.

    Args:
        counts: rows of ``load_count_movements``, in that order: the last one stands.
        records: system, key_id, units, source_at.
        movements: system, key_id, kind, units, in_force_at.
    """
    rows: list[Row] = []
    newest = counts.unique(["system", "key_id"], keep="last", maintain_order=True)
    for row in newest.sort("system", "key_id").iter_rows(named=True):
        record = _find_record(row, records, movements)
        if record is None or record == row["units"]:
            continue
        delta = row["units"] - record
        is_placed = row["disposition"] in MISPLACED_WORDS or row["destination_id"] or delta > 0
        size = abs(delta)
        severity = (
            "minor" if size <= bands.minor_up_to
            else "notable" if size <= bands.notable_up_to else "major"
        )  # fmt: skip
        details = {
            "count_id": row["movement_id"], "counted_units": row["units"],
            "recorded_units": record, "counted_at": render_stamp(row["moved_at"]),
            "reason": row["disposition"],
        }  # fmt: skip
        rows.append(
            {
                "kind": "count_variance",
                "fact": ON_HAND,
                "mirror": row["system"],
                "key_id": row["key_id"],
                "owner": row["system"],
                "class": "misplaced" if is_placed else "shrinkage",
                "severity": severity,
                "delta_units": delta,
                "owner_units": record,
                "observed_units": row["units"],
                "expected_units": record,
                "details": write_details(details),
            }
        )
    return rows


def _find_record(
    count: dict[str, Any], records: pl.DataFrame, movements: pl.DataFrame
) -> int | None:
    mine = (pl.col("system") == count["system"]) & (pl.col("key_id") == count["key_id"])
    readings = records.filter(mine).sort("source_at")
    before = readings.filter(pl.col("source_at") < count["moved_at"])
    if before.is_empty():
        return int(readings["units"][0]) if readings.height else None
    at = before["source_at"][-1]
    between = movements.filter(
        mine & (pl.col("in_force_at") > at) & (pl.col("in_force_at") < count["moved_at"])
    )
    signs = between["kind"].replace_strict(ON_HAND_SIGN, return_dtype=pl.Int64)
    moved: Any = (signs * between["units"]).sum()
    return int(before["units"][-1]) + int(moved)


def find_misplaced(bins: pl.DataFrame, *, owner: str) -> list[Row]:
    """Return bins whose contents moved while the place as a whole agrees: no loss (CLS-06)."""
    rows: list[Row] = []
    for (system, key_id), group in bins.group_by("system", "key_id", maintain_order=True):
        moved = {
            row["bin"]: row["owner_units"] - row["mirror_units"]
            for row in group.iter_rows(named=True)
        }
        rows.append(
            {
                "kind": "misplaced",
                "fact": ON_HAND,
                "mirror": system,
                "key_id": key_id,
                "owner": owner,
                "class": "misplaced",
                "severity": "minor",
                "delta_units": 0,
                "details": write_details({"bins": moved}),
            }
        )
    return rows
