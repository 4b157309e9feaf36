"""Calibration: a share of belief made into a confidence that keeps its word.

The table, ``calibration.json``, says how often answers of a share were right on the development
seeds of driftbench (``docs/driftbench.md``), which also writes it. It is a table on purpose:
monotone, small, and read by people.
"""

import json
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Table:
    """What was measured.

    Attributes:
        steps: tier → (share from, confidence), rising; between two it is the lower one's.
        proven: how often what passed the proof gate was right.
    """

    steps: dict[str, tuple[tuple[float, float], ...]]
    proven: float


def calibrate(share: float, *, tier: str, is_proven: bool) -> float:
    """Return how often an answer with this share of the belief is right."""
    table = load_table()
    if is_proven:
        return table.proven
    rows = table.steps[tier]
    return rows[max(bisect_right([low for low, _ in rows], share) - 1, 0)][1]


@cache
def load_table() -> Table:
    """Read the table that stands beside this module."""
    text = files(__package__).joinpath("calibration.json").read_text(encoding="utf-8")
    told = json.loads(text)
    steps = {
        tier: tuple((low, right) for low, right in rows) for tier, rows in told["steps"].items()
    }
    return Table(steps, told["proven"])
