"""Gaps that the assistant may close, and an hour in which it may."""

from typing import Any

from inventory_pipeline.config.policy import Assistant
from inventory_pipeline.correct.policy import Situation

LIMITED = Assistant(mode="limited")


def build_gap(number: int, **changes: Any) -> dict[str, Any]:
    """Return a gap of two whose cause is proven: one that may be closed by itself."""
    return {
        "system": "shop", "fact": "available", "sku": f"S-{number}", "location_id": "L1",
        "owner": "shelf", "delta_units": -2, "before_units": 8, "target_units": 10,
        "recurrence": 1, "cause": "movement_dropped", "is_proven": True, "confidence": 1.0,
        "unexplained_units": 0, "correction_units": 2, "in_vain": 0, **changes,
    }  # fmt: skip


def build_situation(**changes: Any) -> Situation:
    usual = {
        "active_skus": 100_000, "drift_rate": 0.006, "max_drift_rate": 0.02,
        "receivers": {"shop": "A"}, "writable": frozenset({("shop", "available")}),
        "states": {"shop": "complete", "shelf": "complete"}, "runs": {"shop": 9, "shelf": 9},
    }  # fmt: skip
    return Situation(**{**usual, **changes})
