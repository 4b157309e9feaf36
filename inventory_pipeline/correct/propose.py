"""Propose: what a mirror should show, and which bin somebody should count.

Pure: findings in, rows out. A proposal is a number beside its reason; nothing is sent.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from inventory_pipeline.correct.policy import Row, Ruling
from inventory_pipeline.correct.receipts import make_id

COUNTABLE = ("phantom_stock", "false_stockout", "sync_drift", "shrinkage")
RECOUNTED = "count_conflict"
_DIGESTED = (
    "proposal_id", "finding_id", "system", "sku", "location_id", "fact", "before_units",
    "target_units",
)  # fmt: skip
# One encoder: a large hour has hundreds of thousands of proposals.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def compute_digest(proposal: Row) -> str:
    """Return the digest of exactly what is proposed; an approval holds for these bytes alone."""
    text = _encode([proposal[name] for name in _DIGESTED])
    return hashlib.sha256(text.encode()).hexdigest()


def describe_proposals(gaps: Sequence[Row], rulings: Sequence[Ruling]) -> list[Row]:
    """Return one proposal per open gap with a known target.

    The target is what the owner's number becomes under the mirror's rule, so promised
    units are taken off and it is never below zero (AST-09).
    """
    # Many gaps open in one hour: its text is written once.
    opened = {at: at.isoformat() for at in {gap["opened_at"] for gap in gaps}}
    return [
        _describe(gap, ruling, opened[gap["opened_at"]])
        for gap, ruling in zip(gaps, rulings, strict=True)
    ]


def _describe(gap: Row, ruling: Ruling, opened_at: str) -> Row:
    target = max(0, gap["expected_units"])
    parts = [gap["finding_id"], opened_at, gap["before_units"], target]
    # What was tried before and is still there is proposed anew.
    parts += [gap["tries"]] if gap["tries"] else []
    proposal = {
        "proposal_id": make_id("P", *parts),
        "finding_id": gap["finding_id"],
        "system": gap["system"],
        "sku": gap["sku"],
        "location_id": gap["location_id"],
        "fact": gap["fact"],
        "before_units": gap["before_units"],
        "target_units": target,
        "decision": ruling.decision,
        "cause": gap["cause"],
        "evidence": gap["evidence"],
        "shadow": "would" if ruling.would else "",
        "reason": _explain(gap, ruling),
    }
    proposal["digest"] = compute_digest(proposal)
    return proposal


def _explain(gap: Row, ruling: Ruling) -> str:
    """Say what was found and why it is, or is not, enough (AST-05)."""
    found = f"{gap['owner']} says {gap['owner_units']}"
    if ruling.decision == "auto":
        cause = gap["cause"].replace("_", " ")
        return f"{found}; {cause} is proven and explains {gap['delta_units']:+d}"
    return "; ".join((found, *ruling.reasons))


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
    return [_describe_task(row) for row in found.sort("sku", "location_id", "bin").to_dicts()]


def _describe_task(row: Row) -> Row:
    parts = row["location_id"], row["bin"], row["sku"], row["opened_at"].isoformat()
    return {
        "task_id": make_id("T", *parts),
        "finding_id": row["finding_id"],
        "location_id": row["location_id"],
        "bin": row["bin"],
        "sku": row["sku"],
        "system": row["owner"],
        "state": "open",
        "recorded_units": row["units"],
        "expected_loss": float(row["money_at_risk"] or 0),
        "reason": _explain_task(row),
    }


def _explain_task(row: Row) -> str:
    if row["kind"] == RECOUNTED:
        return f"two counts in {row['mirror']} contradict each other; count again"
    if row["delta_units"] is None:
        return f"{row['owner']} and {row['mirror']} disagree"
    return f"{row['owner']} and {row['mirror']} differ by {row['delta_units']:+d}"
