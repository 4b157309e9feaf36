"""Weigh: which claims account for the gap, alone or together, and how sure that is.

A hypothesis is one claim, or up to three that peel the gap jump by jump. Only one that leaves
nothing over in at least 99 % of the settled hours counts; what nothing explains is unknown.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory_pipeline.diagnose.account import Account
from inventory_pipeline.diagnose.case import Case, Point
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.matching import Healed
from inventory_pipeline.diagnose.points import find_settled_gap, find_start
from inventory_pipeline.model.causes import CAUSES, UNKNOWN

MOST_FAULTS = 3
LEAST_SHARE = 0.99
# Among fewer hours than these not even one may be off.
ONE_MISS_IN = 10
# What one more fault costs: two independent faults on one key are rare.
PER_FAULT = 2.0
# What it costs to say nothing of a difference that both ledgers show by id.
PER_SILENCE = 4.0
# How likely it is that no cause of the catalogue is the right one.
UNKNOWN_STRENGTH = -0.5
SETTLING = timedelta(hours=1)


@dataclass(frozen=True)
class Hypothesis:
    """Claims that together account for the gap, the weightiest first."""

    claims: tuple[Claim, ...]
    score: float

    @property
    def main(self) -> Claim:
        return self.claims[0]


@dataclass(frozen=True)
class Ranking:
    """Every hypothesis that holds, likeliest first, with its share of the belief.

    Attributes:
        shares: cause → probability, over the main causes and unknown.
        rest: units no claim explains; 0 whenever a hypothesis holds.
    """

    hypotheses: tuple[Hypothesis, ...]
    shares: dict[str, float]
    rest: int


def rank(
    case: Case,
    claims: Sequence[Claim],
    priors: dict[str, float],
    *,
    account: Account | None = None,
) -> Ranking:
    """Return what may be the cause of one gap, likeliest first.

    Args:
        priors: cause → weight, common ones heavier; learnt from closed findings.
        account: both ledgers side by side; what was off for a while beside the gap stands in it.
    """
    healed = account.healed if account else ()
    singles = [c for c in claims if explains(case, (c,), healed=healed)]
    sets: dict[object, tuple[Claim, ...]] = {_key((c,)): (c,) for c in singles}
    for together in peel(case, claims):
        if len(together) > 1 and explains(case, together, healed=healed):
            sets.setdefault(_key(together), together)
    found = [Hypothesis(each, _score(each, priors, account)) for each in sets.values()]
    ordered = sorted(found, key=lambda h: (-h.score, h.main.cause, h.main.ids))
    return Ranking(tuple(ordered), _share(ordered), 0 if ordered else case.delta)


def explains(case: Case, claims: Sequence[Claim], *, healed: Sequence[Healed] = ()) -> bool:
    """Return whether claims leave nothing of the gap, now and in nearly every settled hour."""
    points = case.points[find_start(case.points) :] if case.points else ()
    if not points or case.kind != "gap":
        return bool(claims)
    newest = sum(_value(c, len(case.points) - 1, points[-1]) for c in claims)
    if newest not in {case.delta, find_settled_gap(case.points)}:
        return False
    offset = len(case.points) - len(points)
    settled = [(n, p) for n, p in enumerate(points, start=offset) if _is_settled(p, claims, case)]
    if not settled:
        return True
    misses = sum(
        not _fits(p, sum(_value(c, n, p) for c in claims), _sum_healed(healed, p))
        for n, p in settled
    )
    return misses <= max((1 - LEAST_SHARE) * len(settled), len(settled) >= ONE_MISS_IN)


def _value(claim: Claim, place: int, point: Point) -> int:
    if claim.series is not None:
        return claim.series[place]
    if claim.shown_at is not None:
        return claim.units if claim.shown_at <= point.hour_at else 0
    return claim.units if claim.at is None or claim.at <= point.at else 0


def _fits(point: Point, units: int, healed: int) -> bool:
    """Return whether units are the gap, or would be if the rule were not held at zero.

    A claim on the whole series has the part that mended itself in it, one on a step has not.
    """
    return bool({units, units + healed} & {point.delta, point.delta + point.held_back})


def _sum_healed(healed: Sequence[Healed], point: Point) -> int:
    return sum(each.find_units(point) for each in healed)


def _is_settled(point: Point, claims: Sequence[Claim], case: Case) -> bool:
    """Right after a fault, and while something is in flight, the gap is still moving."""
    if not point.is_settled:
        return False
    return not any(
        c.at is not None
        and c.series is None
        and c.at - SETTLING <= point.at <= c.at + case.delay + SETTLING
        for c in claims
    )


def peel(case: Case, claims: Sequence[Claim]) -> Iterable[tuple[Claim, ...]]:
    """Yield sets of claims: the newest first, taken off, then the next, at most three."""
    steps = sorted(
        (c for c in claims if c.series is None and c.units),
        key=lambda c: (c.at is not None, c.at, c.strength),
        reverse=True,
    )
    gap = find_settled_gap(case.points) if case.points else case.delta
    by_jump = _best_per_instant(steps)
    if sum(c.units for c in by_jump) == gap and len(by_jump) <= MOST_FAULTS:
        yield tuple(sorted(by_jump, key=lambda c: (-abs(c.units), c.cause)))
    for first in by_jump:
        chosen, rest = [first], gap - first.units
        while rest and len(chosen) < MOST_FAULTS:
            following = _find_next(steps, chosen, rest)
            if following is None:
                break
            chosen.append(following)
            rest -= following.units
        if rest == 0:
            yield tuple(sorted(chosen, key=lambda c: (-abs(c.units), c.cause)))


def _best_per_instant(steps: Sequence[Claim]) -> list[Claim]:
    best: dict[datetime | None, Claim] = {}
    for claim in steps:
        known = best.get(claim.at)
        if known is None or claim.strength > known.strength:
            best[claim.at] = claim
    return list(best.values())


def _find_next(steps: Sequence[Claim], chosen: list[Claim], rest: int) -> Claim | None:
    taken = {name for c in chosen for name in c.ids}
    places = {(c.at, c.units) for c in chosen}
    fit = [c for c in steps if not taken.intersection(c.ids) and (c.at, c.units) not in places]
    whole = [c for c in fit if c.units == rest]
    pool = whole or fit
    return max(pool, key=lambda c: (c.strength, c.cause), default=None)


def _key(claims: Sequence[Claim]) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    return tuple(sorted((c.cause, c.ids, c.units) for c in claims))


def _score(claims: Sequence[Claim], priors: dict[str, float], account: Account | None) -> float:
    weights = [priors.get(c.cause, CAUSES[c.cause].weight) for c in claims]
    weighed = sum(c.strength for c in claims) + sum(map(math.log, weights))
    silent = PER_SILENCE * _count_silent(claims, account)
    return weighed / len(claims) - PER_FAULT * (len(claims) - 1) - silent


def _count_silent(claims: Sequence[Claim], account: Account | None) -> int:
    """Count the entries of a balanced account that a set of claims on records says nothing of."""
    if account is None or not account.is_balanced or any(c.series is not None for c in claims):
        return 0
    named = {name for c in claims for name in c.ids}
    return sum(not named.intersection(entry.names) for entry in account.entries if entry.is_by_id)


def _share(ordered: Sequence[Hypothesis]) -> dict[str, float]:
    """Return cause → share of the belief; the best hypothesis of a cause speaks for it."""
    best: dict[str, float] = {UNKNOWN: UNKNOWN_STRENGTH}
    for hypothesis in ordered:
        cause = hypothesis.main.cause
        best[cause] = max(best.get(cause, -math.inf), hypothesis.score)
    top = max(best.values())
    parts = {cause: math.exp(score - top) for cause, score in best.items()}
    total = sum(parts.values())
    return {cause: part / total for cause, part in sorted(parts.items())}
