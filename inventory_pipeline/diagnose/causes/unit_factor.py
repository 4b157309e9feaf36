"""The mirror counts in another unit than it says: cases for eaches, or a stale pack size."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from inventory_pipeline.diagnose.case import Case, Move
from inventory_pipeline.diagnose.claim import BY_PATTERN, BY_RECORD, BY_SERIES, BY_SIZE, Claim
from inventory_pipeline.diagnose.jumps import Jump, find_missed, list_near
from inventory_pipeline.diagnose.matching import Entry
from inventory_pipeline.diagnose.points import find_start
from inventory_pipeline.diagnose.scene import INFERRED, Scene, add_up, claim_entry, claim_jump

NAME = "unit_factor"
SETTLES = "the pack size both systems hold, and a second movement with the same ratio"
LARGEST = 144
USUAL = (2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 18, 20, 24, 25, 30, 36, 40, 48, 50, 60, 72, 96, 100, 144)


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a constant ratio of levels, or movements told in another unit."""
    yield from _compare_levels(scene.case)
    for ratio, entries in _group_by_ratio(scene).items():
        claims = [claim_entry(NAME, scene, entry) for entry in entries]
        factor = max(ratio.numerator, ratio.denominator)
        yield replace(
            claims[0],
            units=sum(c.units for c in claims),
            series=add_up(scene.case, claims) if len(claims) > 1 else None,
            ids=tuple(dict.fromkeys(name for c in claims for name in c.ids)),
            correction=-sum(c.units for c in claims),
            strength=claims[0].strength + (BY_PATTERN if len(claims) > 1 else 0.0),
            is_proven_by_ids=False,
            facts={"factor": factor},
            path=(f"{scene.case.owner}:movement", f"{scene.case.mirror}:times_{factor}"),
            settles=SETTLES,
        )
    if scene.is_blind:
        yield from _guess(scene)


def _group_by_ratio(scene: Scene) -> dict[Fraction, list[Entry]]:
    """Return how many times too much → the movements that were told so."""
    found: dict[Fraction, list[Entry]] = {}
    for entry in scene.find_entries("sized"):
        move = entry.move
        if move and compute_factor(move.effect, entry.units + move.effect):
            ratio = Fraction(entry.units + move.effect, move.effect)
            found.setdefault(ratio, []).append(entry)
    return found


def compute_factor(wanted: int, seen: int) -> int:
    """Return the whole factor between two numbers of one sign, 0 if there is none."""
    low, high = sorted((abs(wanted), abs(seen)))
    if wanted * seen <= 0 or low == high or high % low:
        return 0
    return high // low if 1 < high // low <= LARGEST else 0


def _compare_levels(case: Case) -> Iterator[Claim]:
    since = case.points[find_start(case.points) :] if case.points else ()
    since = tuple(p for p in since if p.is_settled) or since
    known = [p for p in since if p.expected > 0 and p.delta]
    if not known or len(known) < len([p for p in since if p.expected > 0]) * 0.9 - 1:
        return
    factors = {compute_factor(p.expected, p.observed) for p in known}
    levels = {p.expected for p in known}
    if len(factors) != 1 or 0 in factors:
        return
    factor = factors.pop()
    is_usual = factor in USUAL or factor == case.rule.factor
    strength = BY_SERIES if len(levels) > 1 else BY_SIZE if is_usual else 0.0
    yield Claim(
        cause=NAME,
        units=case.delta,
        at=None,
        series=tuple(p.delta for p in case.points),
        strength=strength + (1.0 if is_usual else 0.0) + _find_record(case),
        facts={"factor": factor},
        path=(f"{case.owner}:eaches", f"{case.mirror}:times_{factor}"),
        settles=SETTLES,
    )


def _find_record(case: Case) -> float:
    words = ("unit", "pack", "factor", "uom", "case")
    hits = [c for c in case.changes or () if any(w in c.kind.lower() for w in words)]
    return BY_RECORD - BY_SIZE if any(c.subject in {case.sku, ""} for c in hits) else 0.0


def _guess(scene: Scene) -> Iterator[Claim]:
    """Claim jumps of q(f-1) or q/f - q, the rest of one movement told in another unit.

    One factor behind every jump of at least two is a pattern; so is a level that was itself
    written anew in another unit.
    """
    yield from _fit_ratio(scene.case)
    found = [_find_factors(scene.case, jump) for jump in scene.jumps]
    common = set.intersection(*map(set, found)) if len(found) > 1 else set()
    for factor in sorted(common)[:1]:
        yield Claim(
            cause=NAME,
            units=scene.case.delta,
            at=None,
            series=tuple(p.delta for p in scene.case.points),
            strength=BY_SERIES + 1.0 + _find_record(scene.case),
            ids=tuple(factors[factor].movement_id for factors in found),
            facts={"factor": factor},
            settles=SETTLES,
        )
    for jump, factors in zip(scene.jumps, found, strict=True):
        for factor, move in factors.items():
            # times two is told by a duplicate just as well
            strength = BY_SIZE - 0.5 if move.kind != INFERRED else 0.3
            yield replace(
                claim_jump(NAME, jump, move),
                strength=strength + _find_record(scene.case),
                facts={"factor": factor},
                settles=SETTLES,
            )
        yield from _find_rewritten(scene, jump)


def _find_factors(case: Case, jump: Jump) -> dict[int, Move]:
    """Return the usual factors that make a jump out of one movement near it."""
    found: dict[int, Move] = {}
    for move in list_near(case, jump):
        factor = compute_factor(move.effect, move.effect + jump.units) if move.effect else 0
        if factor in USUAL[1:] or (factor and factor == case.rule.factor):
            found.setdefault(factor, move)
    return found


def _find_rewritten(scene: Scene, jump: Jump) -> Iterator[Claim]:
    before = next((p.observed for p in scene.case.points if p.at == jump.low), 0)
    factor = compute_factor(before, before + jump.units) if before else 0
    if factor in USUAL and abs(jump.units) > 1 and not find_missed(scene.case, jump):
        yield replace(
            claim_jump(NAME, jump, None),
            strength=BY_SIZE + 0.5 + _find_record(scene.case),
            facts={"factor": factor},
            settles=SETTLES,
        )


def _fit_ratio(case: Case) -> Iterator[Claim]:
    """Claim a ratio with which every movement since the agreement was posted, hour by hour."""
    if not case.points:
        return
    start = case.points[find_start(case.points)].at
    moved = [m for m in case.moves or () if m.effect and m.at > start and m.kind != INFERRED]
    points = [p for p in case.points if p.at > start and p.is_settled]
    if len({p.delta for p in points} - {0}) < 2:
        return  # one step has many readings
    for factor in USUAL if len(moved) > 1 and points else ():
        for ratio in (Fraction(factor), Fraction(1, factor)):
            series = tuple(_post(moved, p.at, ratio) for p in case.points)
            if all(_post(moved, p.at, ratio) == p.delta for p in points):
                yield Claim(
                    cause=NAME,
                    units=case.delta,
                    at=None,
                    series=tuple(int(units) for units in series),
                    strength=BY_SERIES + _find_record(case) + (len(moved) > 2),
                    ids=tuple(m.movement_id for m in moved),
                    facts={"factor": factor},
                    path=(f"{case.owner}:movement", f"{case.mirror}:times_{factor}"),
                    settles=SETTLES,
                )


def _post(moved: Sequence[Move], at: datetime, ratio: Fraction) -> Fraction:
    """Return what posting movements up to an instant with a ratio adds to the gap."""
    return (ratio - 1) * sum(m.effect for m in moved if m.at <= at)
