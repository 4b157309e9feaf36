"""Propose: what a mirror should show, and which bin somebody should count.

Pure: findings in, rows out. A proposal is a number beside its reason; nothing is sent.
"""

import hashlib
from typing import Any

import polars as pl

from inventory_pipeline.config.models import Settings

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
    )
    rows = gaps.select(
        "finding_id",
        pl.col("mirror").alias("system"),
        "sku",
        "location_id",
        "fact",
        pl.col("observed_units").alias("before_units"),
        target_units=pl.col("expected_units").clip(0),
        decision=pl.lit("flagged"),
        reason=_explain(settings),
    ).to_dicts()
    # Many gaps open in one hour: its text is written once.
    opened = {at: at.isoformat() for at in gaps["opened_at"].unique()}
    return [
        {"proposal_id": _identify(row, opened[at]), **row}
        for row, at in zip(rows, gaps["opened_at"], strict=True)
    ]


def _identify(row: dict[str, Any], opened_at: str) -> str:
    numbers = row["before_units"], row["target_units"]
    return compute_id("P", row["finding_id"], opened_at, *numbers)


def _explain(settings: Settings) -> pl.Expr:
    """Say why nothing is sent, gap by gap."""
    delta, limit = pl.col("delta_units"), settings.assistant.max_units
    signed = pl.concat_str(pl.when(delta > 0).then(pl.lit("+")).otherwise(pl.lit("")), delta)
    place = pl.concat_str("mirror", "fact", separator="/")
    written = [f"{name}/{fact}" for name, its in settings.systems.items() for fact in its.writes]
    returns = pl.col("recurrence") - 1
    parts = [
        pl.concat_str(
            "owner", pl.lit(" says "), pl.col("owner_units").cast(pl.String).fill_null("None")
        ),
        pl.when(delta.abs() > limit).then(
            pl.concat_str(signed, pl.lit(f" is more than {limit} units"))
        ),
        pl.when(~place.is_in(written)).then(pl.concat_str("mirror", pl.lit(" is read only"))),
        pl.when(returns >= MAX_RETURNS).then(
            pl.concat_str(
                pl.lit("recurring: it came back "),
                returns,
                pl.lit(" times, so something writes it back; mend that first, no correction lasts"),
            )
        ),
        pl.lit("no cause is proven; a person decides"),
    ]
    return pl.concat_str(parts, separator="; ", ignore_nulls=True)


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
