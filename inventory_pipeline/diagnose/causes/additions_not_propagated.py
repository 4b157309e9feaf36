"""A path that only subtracts: sales arrive, restocks, returns and recounts do not (DIA-11)."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Case, Move
from inventory_pipeline.diagnose.claim import BY_PATTERN, Claim
from inventory_pipeline.diagnose.matching import Entry
from inventory_pipeline.diagnose.scene import Scene, claim_entry

NAME = "additions_not_propagated"
SETTLES = "the next addition: it arrives, or it is missing too"
# One missing addition is an accident, unless so many subtractions came through beside it and
# the mirror's whole log tells of no addition at all.
MANY = 10


def find(scene: Scene) -> Iterator[Claim]:
    """Claim all additions together where none arrives and every subtraction does."""
    missing = list(scene.find_entries("missing"))
    added = [e for e in missing if e.units < 0]
    if scene.account is not None and added:
        if _is_path(scene.case, added):
            yield _claim_entries(scene, added)
    elif scene.is_blind:
        yield from _guess(scene)


def _is_path(case: Case, added: list[Entry]) -> bool:
    if _has_heard_addition(case):
        return False
    if len(added) > 1:
        return True
    subtractions = sum(1 for m in case.moves or () if m.effect < 0)
    return case.additions_heard == 0 and subtractions >= MANY


def _has_heard_addition(case: Case) -> bool:
    """Return whether a row adds, or sets the level that an addition made."""
    rows = case.log or ()
    told = {row.reference_id for row in rows}
    added = {m.movement_id for m in case.moves or () if m.effect > 0}
    return bool(told & added) or any(r.operation == "add" and r.units > 0 for r in rows)


def _claim_entries(scene: Scene, added: list[Entry]) -> Claim:
    first = claim_entry(NAME, scene, added[0])
    ids = tuple(e.move.movement_id for e in added if e.move)
    series = tuple(sum(e.units for e in added if e.at <= point.at) for point in scene.case.points)
    return replace(
        first,
        units=scene.case.delta,
        correction=-scene.case.delta,
        series=_follow(scene.case, series),
        strength=first.strength + BY_PATTERN,
        ids=ids,
        is_proven_by_ids=False,
        path=("shelf:addition", "middleware:no_route", f"{scene.case.mirror}:sales_only"),
        facts={"additions": len(added)},
        settles=SETTLES,
    )


def _follow(case: Case, series: tuple[int, ...]) -> tuple[int, ...]:
    """While the word may still be on its way an addition is no gap yet."""
    points = case.points
    return tuple(
        points[n].delta if n and value != series[n - 1] else value for n, value in enumerate(series)
    )


def _guess(scene: Scene) -> Iterator[Claim]:
    """Claim where every jump down is an addition of the owner, and there are at least two."""
    found: list[Move] = []
    for jump in scene.jumps:
        added = [m for m in scene.case.moves or () if m.effect > 0 and jump.low < m.at <= jump.high]
        if not added or -sum(m.effect for m in added) != jump.units:
            return
        found.extend(added)
    if len(found) > 1:
        yield Claim(
            cause=NAME,
            units=scene.case.delta,
            at=None,
            series=tuple(p.delta for p in scene.case.points),
            strength=BY_PATTERN + len(found) / 2,
            ids=tuple(m.movement_id for m in found if m.movement_id),
            correction=-scene.case.delta,
            facts={"additions": len(found)},
            settles=SETTLES,
        )
