"""Structural: is the drift an accident here and there, or the way the systems are wired?"""

import math
from dataclasses import dataclass

Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Drift:
    """The three inputs of the structural rules, whatever rule is chosen (C6).

    Attributes:
        drifting_skus: SKUs with a settled gap; what is in flight never counts.
        active_skus: SKUs with stock, sale or open order in the window.
        consistent: gaps with the same signed delta for the configured number of checks.
        leans_to_integration: several gaps of one mirror have one and the same delta, or
            most settled gaps are consistent.
    """

    drifting_skus: int
    active_skus: int
    consistent: int
    leans_to_integration: bool

    @property
    def rate(self) -> float | None:
        return self.drifting_skus / self.active_skus if self.active_skus else None


def is_structural(drift: Drift, *, rule: str, drift_rate: float) -> bool:
    """Apply one of the three rules: strictly more than the rate, never equal to it."""
    over = drift.rate is not None and drift.drifting_skus > drift_rate * drift.active_skus
    if rule == "rate_only":
        return over
    if rule == "rate_and_indicators":
        return over and drift.leans_to_integration
    return over or drift.consistent > 0


def compute_wilson(right: int, total: int) -> tuple[float, float] | None:
    """Return the 95 % Wilson interval of a share, or None of nothing."""
    if total == 0:
        return None
    share, z2 = right / total, Z_95 * Z_95
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = (
        Z_95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total)) / (1 + z2 / total)
    )
    return max(0.0, middle - half), min(1.0, middle + half)
