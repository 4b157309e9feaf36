"""Bounds: how sure a share is, and whether a confidence keeps its word."""

import math
from collections.abc import Sequence
from itertools import groupby

SURE = 0.95
# confidence, whether it was right
Answer = tuple[float, bool]


def find_upper(wrong: int, count: int, *, level: float = SURE) -> float:
    """Return the one-sided Clopper-Pearson bound of an error rate, 1 where nothing was tried."""
    if wrong >= count:
        return 1.0
    low, high = wrong / count, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (middle, high)
            if _compute_tail(wrong, count, middle) > 1 - level
            else (
                low,
                middle,
            )
        )
    return high


def _compute_tail(wrong: int, count: int, rate: float) -> float:
    """Return the probability of at most ``wrong`` errors among ``count``."""
    if rate >= 1:
        return 0.0
    return sum(
        math.exp(
            math.lgamma(count + 1)
            - math.lgamma(k + 1)
            - math.lgamma(count - k + 1)
            + k * math.log(rate)
            + (count - k) * math.log1p(-rate)
        )
        for k in range(wrong + 1)
        if rate > 0
    )


def compute_brier(answers: Sequence[Answer]) -> float:
    """Return the mean squared distance of confidence from what came true."""
    return _mean([(confidence - is_right) ** 2 for confidence, is_right in answers])


def compute_ece(answers: Sequence[Answer], *, bins: int = 15) -> float:
    """Return the expected calibration error over bins of about equal mass.

    Equal confidences stay in one bin: to cut them apart would measure the order of the rows.
    """
    total, off = len(answers), 0.0
    batch: list[Answer] = []
    groups = [list(g) for _, g in groupby(sorted(answers), key=lambda answer: answer[0])]
    for number, group in enumerate(groups):
        batch += group
        if len(batch) * bins >= total or number == len(groups) - 1:
            told = _mean([confidence for confidence, _ in batch])
            off += len(batch) * abs(told - _mean([float(right) for _, right in batch]))
            batch = []
    return off / total if total else 0.0


def compute_risks(answers: Sequence[Answer]) -> list[float]:
    """Return the error rate of the most confident 1, 2, ... all answers.

    Equal confidences stand for each other: each of them carries its group's rate.
    """
    risks, wrong, done = [], 0.0, 0
    ordered = sorted(answers, key=lambda answer: -answer[0])
    for _, group in groupby(ordered, key=lambda answer: answer[0]):
        batch = list(group)
        rate = _mean([float(not right) for _, right in batch])
        for _ in batch:
            wrong, done = wrong + rate, done + 1
            risks.append(wrong / done)
    return risks


def find_risk(risks: Sequence[float], coverage: float) -> float:
    """Return the error rate when only the most confident share is answered."""
    return risks[max(0, math.ceil(coverage * len(risks)) - 1)] if risks else 0.0


def fit_steps(answers: Sequence[Answer]) -> list[tuple[float, float, int]]:
    """Return (share from, how often right, how many): rising steps that fit best (PAV)."""
    steps: list[tuple[float, float, int]] = []
    for share, group in groupby(sorted(answers), key=lambda answer: answer[0]):
        batch = [float(right) for _, right in group]
        steps.append((share, _mean(batch), len(batch)))
        while len(steps) > 1 and steps[-2][1] >= steps[-1][1]:
            (low, first, n), (_, second, m) = steps[-2:]
            steps[-2:] = [(low, (first * n + second * m) / (n + m), n + m)]
    return steps


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
