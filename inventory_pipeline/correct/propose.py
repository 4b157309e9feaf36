"""Propose: what a mirror should show, and which bin somebody should count.

Pure: findings in, rows out. A proposal is a number beside its reason; nothing is sent.
"""

import hashlib
from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings

READ = (
    "finding_id", "opened_at", "mirror", "fact", "sku", "location_id",
    "owner", "owner_units", "observed_units", "expected_units", "delta_units", "recurrence",
)  # fmt: skip
COUNTABLE = ("phantom_stock", "false_stockout", "sync_drift", "shrinkage")
RECOUNTED = "count_conflict"
# A gap that came back this often after it was gone is no accident: something writes it back.
MAX_RETURNS = 2


def compute_id(prefix: str, *parts: object) -> str:
    """Return a stable id: the same proposal has the same id in every run."""
    text = "|".join(map(str, parts))
    return f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def find_proposals(findings: pl.DataFrame, settings: Settings) -> list[dict[str, Any]]:
    """Return one proposal per open gap with a known target.

    The target is what the owner's number becomes under the mirror's rule, so promised
    units are taken off and it is never below zero (AST-09).

    Args:
        findings: named sightings of one hour.
    """
    gaps = findings.filter(
        (pl.col("kind") == "gap")
        & (pl.col("state") == "open")
        & pl.col("expected_units").is_not_null()
    ).select(READ)
    rows = []
    for row in gaps.iter_rows(named=True):
        target = max(0, row["expected_units"])
        before = row["observed_units"]
        rows.append(
            {
                "proposal_id": compute_id(
                    "P", row["finding_id"], row["opened_at"].isoformat(), before, target
                ),
                "finding_id": row["finding_id"],
                "system": row["mirror"],
                "sku": row["sku"],
                "location_id": row["location_id"],
                "fact": row["fact"],
                "before_units": before,
                "target_units": target,
                "decision": "flagged",
                "reason": _explain(row, settings),
            }
        )
    return rows


def _explain(row: dict[str, Any], settings: Settings) -> str:
    delta, limit = row["delta_units"], settings.assistant.max_units
    parts = [f"{row['owner']} says {row['owner_units']}"]
    if delta is not None and abs(delta) > limit:
        parts.append(f"{delta:+d} is more than {limit} units")
    if row["fact"] not in settings.systems[row["mirror"]].writes:
        parts.append(f"{row['mirror']} is read only")
    returns = row["recurrence"] - 1
    if returns >= MAX_RETURNS:
        parts.append(
            f"recurring: it came back {returns} times, so something writes it back; "
            "mend that first, no correction lasts"
        )
    parts.append("no cause is proven; a person decides")
    return "; ".join(parts)


def find_tasks(findings: pl.DataFrame, bins: pl.DataFrame) -> list[dict[str, Any]]:
    """Return one count task per bin of every item with a major gap (WLK-01).

    Args:
        bins: sku, location_id, bin, units (null where only the catalogue names the bin).
    """
    wanted = findings.filter(
        (pl.col("severity") == "major")
        & (pl.col("state") == "open")
        & (pl.col("class").is_in(COUNTABLE) | (pl.col("kind") == RECOUNTED))
    ).unique(["sku", "location_id"], keep="first", maintain_order=True)
    found = wanted.join(bins, on=["sku", "location_id"], how="inner", validate="m:m")
    return [
        {
            "task_id": compute_id(
                "T", row["location_id"], row["bin"], row["sku"], row["opened_at"].isoformat()
            ),
            "finding_id": row["finding_id"],
            "location_id": row["location_id"],
            "bin": row["bin"],
            "sku": row["sku"],
            "state": "proposed",
            "recorded_units": row["units"],
            "reason": _explain_task(row),
        }
        for row in found.sort("sku", "location_id", "bin").iter_rows(named=True)
    ]


def _explain_task(row: dict[str, Any]) -> str:
    if row["kind"] == RECOUNTED:
        return f"two counts in {row['mirror']} contradict each other; count again"
    if row["delta_units"] is None:
        return f"{row['owner']} and {row['mirror']} disagree"
    return f"{row['owner']} and {row['mirror']} differ by {row['delta_units']:+d}"
