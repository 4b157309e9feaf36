"""Calibration: a share of belief made into a confidence that keeps its word.

The table says how often answers of a share were right on the development seeds of driftbench
(``docs/driftbench.md``). It is a table on purpose: monotone, small, and read by people.
"""

from bisect import bisect_right

# tier → (share from, confidence); between two rows it is the lower one's.
TABLE: dict[str, tuple[tuple[float, float], ...]] = {
    "T0": ((0.0, 0.30), (0.5, 0.45), (0.8, 0.60), (0.95, 0.75)),
    "T1": ((0.0, 0.40), (0.5, 0.60), (0.8, 0.80), (0.95, 0.90)),
    "T2": ((0.0, 0.50), (0.5, 0.70), (0.8, 0.90), (0.95, 0.97)),
}
PROVEN = 0.998


def calibrate(share: float, *, tier: str, is_proven: bool) -> float:
    """Return how often an answer with this share of the belief is right."""
    if is_proven:
        return PROVEN
    rows = TABLE[tier]
    return rows[bisect_right([low for low, _ in rows], share) - 1][1]
