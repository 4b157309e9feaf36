"""Calibration: what development shows of how often an answer of a share is right."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.driftbench.answer import Answer, Result
from benchmarks.driftbench.bounds import fit_steps
from inventory_pipeline.diagnose import calibration
from inventory_pipeline.model.causes import UNKNOWN

TABLE = Path(calibration.__file__).with_name("calibration.json")
# A step on fewer answers than this says more about chance than about diagnosis.
LEAST_ANSWERS = 25
# Of what passes the proof gate nothing wrong is known to us; then it is no surer than this.
SUREST = 0.998


def build_table(results: Sequence[Result], before: dict[str, Any]) -> dict[str, Any]:
    """Return the table of ``diagnose/calibration.py``; a tier that nobody saw keeps its rows."""
    answers = [answer for result in results for answer in result.answers]
    steps = {tier: _fit(answers, tier) or rows for tier, rows in before["steps"].items()}
    return {"proven": _measure_proof(results), "steps": steps}


def write_table(results: Sequence[Result]) -> dict[str, Any]:
    """Write the table into the package and return it."""
    before = json.loads(TABLE.read_text(encoding="utf-8"))
    table = build_table(results, before)
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    return table


def _fit(answers: Iterable[Answer], tier: str) -> list[list[float]]:
    """Return (share from, confidence), rising; confidence is a little humbler than the share."""
    seen = sorted(
        (round(a.second.share, 3), a.is_right)
        for a in answers
        if a.second is not None
        and a.second.tier == tier
        and a.said not in ("", UNKNOWN)
        and not a.is_proven
    )
    rows: list[list[float]] = []
    for low, right, count in _merge(fit_steps(seen)):
        humble = round((right * count + 1) / (count + 2), 3)
        rows.append([low if rows else 0.0, max(humble, rows[-1][1] if rows else 0.0)])
    return rows


def _merge(steps: Sequence[tuple[float, float, int]]) -> list[tuple[float, float, int]]:
    """Join neighbours until every step stands on enough answers; they keep rising."""
    merged: list[tuple[float, float, int]] = []
    for step in steps:
        merged.append(step)
        while len(merged) > 1 and min(merged[-1][2], merged[-2][2]) < LEAST_ANSWERS:
            (low, first, n), (_, second, m) = merged[-2:]
            merged[-2:] = [(low, (first * n + second * m) / (n + m), n + m)]
    return merged


def _measure_proof(results: Iterable[Result]) -> float:
    acts = [act for result in results for act in result.acts]
    wrong = sum(bool(act.fault) for act in acts)
    if not wrong:
        return SUREST
    return round((len(acts) - wrong + 1) / (len(acts) + 2), 3)
