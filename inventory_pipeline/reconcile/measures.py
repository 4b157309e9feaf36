"""Measures: what one hour comes to in numbers: drift, accuracy, and what was compared."""

from typing import Any

import polars as pl

from inventory_pipeline.reconcile import structural
from inventory_pipeline.reconcile.hour import Picture, count_distinct
from inventory_pipeline.reconcile.mirrors import Outcome
from inventory_pipeline.reconcile.problems import write_details


def measure_drift(picture: Picture, gaps: pl.DataFrame) -> structural.Drift:
    """Return the inputs of the structural rules; only settled gaps count (REC-12).

    The lean to integration is what one hour can show: three or more items of one mirror
    off by one and the same number, or most settled gaps the same for several checks.
    """
    settled = gaps.filter((pl.col("kind") == "gap") & pl.col("is_settled"))
    consistent = settled.filter("is_consistent")
    alike = (
        settled.drop_nulls("delta_units")
        .group_by("mirror", "delta_units")
        .agg(skus=pl.len())
        .filter(pl.col("skus") >= 3)
    )
    leans = alike.height > 0 or 2 * consistent.height > settled.height
    skus = picture.sku_of[settled["key_id"].to_numpy()]
    return structural.Drift(
        drifting_skus=count_distinct(skus, picture.skus.len()),
        active_skus=picture.active_skus,
        consistent=consistent.height,
        leans_to_integration=leans,
    )


def measure_accuracy(
    drift: structural.Drift, tallies: list[dict[str, Any]], gaps: pl.DataFrame
) -> dict[str, Any]:
    """Accuracy by record, never netted: 95 and 105 instead of 100 are two wrong records."""
    right = drift.active_skus - drift.drifting_skus
    interval = structural.compute_wilson(right, drift.active_skus) or (None, None)
    expected = sum(int(tally["units_expected"]) for tally in tallies)
    wrong = sum(int(tally["units_wrong"]) for tally in tallies)
    deltas = gaps["delta_units"].drop_nulls()
    return {
        "record_accuracy": right / drift.active_skus if drift.active_skus else None,
        "accuracy_low": interval[0],
        "accuracy_high": interval[1],
        "unit_accuracy": 1 - wrong / expected if expected else None,
        "net_units": int(deltas.sum()),
        "over_units": int(deltas.filter(deltas > 0).sum()),
        "under_units": int(-deltas.filter(deltas < 0).sum()),
    }


def tally(picture: Picture, outcome: Outcome) -> dict[str, Any]:
    """Count what one mirror rule compared; a match is provable (REC-07)."""
    c, rows = outcome.comparison, outcome.exceptions
    counts = dict(rows.group_by("status").len().iter_rows())
    words = rows.filter(pl.col("qualifiers").str.starts_with("says_"))
    spoken = words.height
    batch = picture.batches.get(outcome.mirror.system)
    matched = int(c.is_match.sum()) + int(counts.get("match", 0))
    wrong = rows["delta_units"].drop_nulls().abs().sum()
    return {
        "hour_at": picture.hour_at,
        "mirror": outcome.mirror.system,
        "fact": outcome.mirror.fact,
        "fact_id": picture.fact_ids.get(outcome.mirror.fact, -1),
        "owner_fact": outcome.primary,
        "expects": outcome.mirror.expects,
        "batch_id": batch.batch_id if batch else None,
        "status": outcome.status,
        "qualifiers": " ".join(outcome.qualifiers),
        "compared": int(c.is_compared.sum()) + spoken,
        "matched": matched,
        "in_flight": int(counts.get("in_flight", 0)),
        "lagging": int(counts.get("lag", 0)),
        "drifting": int(counts.get("drift", 0)),
        "ghosts": int(counts.get("ghost", 0)),
        "absents": int(counts.get("absent", 0)),
        "unknown": int(c.is_unknown.sum()) - spoken,
        "units_expected": int(c.expected[c.is_compared].sum()),
        "units_wrong": int(wrong),
    }


def describe_structural(drift: structural.Drift) -> dict[str, object]:
    """Return the one problem that says the drift is structural, with its three inputs."""
    return {
        "kind": "structural",
        "class": "structural",
        "severity": "major",
        "is_consistent": drift.consistent > 0,
        "details": write_details(
            {
                "drifting_skus": drift.drifting_skus,
                "active_skus": drift.active_skus,
                "drift_rate": drift.rate,
                "consistent_gaps": drift.consistent,
                "leans_to_integration": drift.leans_to_integration,
            }
        ),
    }
