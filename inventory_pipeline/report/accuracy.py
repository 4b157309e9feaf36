"""Accuracy by record, never netted, with its interval; and the three structural inputs."""

from collections.abc import Mapping
from math import sqrt
from typing import Any

from inventory_pipeline.config.policy import Structural as StructuralSettings
from inventory_pipeline.report.measures import Accuracy, Interval, Structural
from inventory_pipeline.report.summary import Counts

Z_95 = 1.959963984540054
# Published line of record accuracy (65% of retailers are below it); shown, never acted upon.
PUBLISHED_LINE = 0.85
DEFINITION = (
    "Record accuracy: share of active SKUs that no mirror gets wrong (settled gaps only). "
    "Mirror agreement: share of comparisons that match. Gaps never cancel each other out; "
    "ranges are 95% Wilson intervals."
)


def compute_interval(good: int, n: int) -> Interval | None:
    """Return the share ``good / n`` with its 95% Wilson interval; None for nothing counted."""
    if n <= 0:
        return None
    share, z2 = good / n, Z_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half), n)


def compute_accuracy(cycle: Mapping[str, Any] | None, counts: Counts) -> Accuracy:
    """Read the measured figures of the last finished check."""
    mirror = compute_interval(counts.matched, counts.compared)
    if cycle is None:
        return Accuracy(mirror=mirror)
    return Accuracy(
        record=_read_record(cycle),
        mirror=mirror,
        unit_accuracy=cycle["unit_accuracy"],
        net_units=cycle["net_units"],
        over_units=cycle["over_units"],
        under_units=cycle["under_units"],
    )


def _read_record(cycle: Mapping[str, Any]) -> Interval | None:
    value, low, high = cycle["record_accuracy"], cycle["accuracy_low"], cycle["accuracy_high"]
    if value is None or low is None or high is None:
        return None
    return Interval(value, low, high, cycle["active_skus"])


def compute_structural(cycle: Mapping[str, Any] | None, settings: StructuralSettings) -> Structural:
    """Gather the verdict of the last finished check and all inputs, whatever the rule (C6)."""
    if cycle is None:
        return Structural(rule=settings.rule, line=settings.drift_rate)
    return Structural(
        is_structural=cycle["structural"],
        rule=settings.rule,
        drift_rate=cycle["drift_rate"],
        drifting_skus=cycle["drifting_skus"],
        active_skus=cycle["active_skus"],
        line=settings.drift_rate,
        consistent_findings=cycle["consistent_findings"],
        has_integration_lean=cycle["leans_to_integration"],
    )
