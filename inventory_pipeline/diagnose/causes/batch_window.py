"""The mirror shows what was true at its last batch, and moves only when the next one runs."""

import itertools
from collections.abc import Iterator

from inventory_pipeline.diagnose.case import Case, LogRow, Move, Point
from inventory_pipeline.diagnose.claim import BY_ID, BY_SERIES, Claim
from inventory_pipeline.diagnose.points import find_start
from inventory_pipeline.diagnose.scene import INFERRED, Scene
from inventory_pipeline.model.hours import HOUR

NAME = "batch_window"
SETTLES = "the next batch: the gap closes at its time"
LEAST_RESETS = 3
LEAST_VALUES = 2
LEAST_LATE = 2


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a mirror that stands still while the expectation moves, batch after batch."""
    case = scene.case
    yield from _find_late_words(scene)
    if len(case.points) < LEAST_RESETS:
        return
    stands = _find_stand(case.points)
    moved = {p.expected for p in stands}
    resets = _count_resets(case.points)
    is_declared = case.rule.is_batch and _is_waiting(case)
    was_right = stands[0].observed in {p.expected for p in case.points}
    if len(moved) < LEAST_VALUES or not was_right or not (is_declared or resets >= LEAST_RESETS):
        return
    yield Claim(
        cause=NAME,
        units=case.delta,
        at=None,
        series=tuple(p.delta for p in case.points),
        strength=BY_SERIES if is_declared else BY_SERIES - 1.0,
        path=(f"{case.owner}:movements", "batch:waiting", f"{case.mirror}:last_batch"),
        facts={"level": case.points[-1].observed, "resets": resets},
        settles=SETTLES,
    )


def _find_stand(points: tuple[Point, ...]) -> list[Point]:
    """Return the newest points in which the mirror's number did not move."""
    stands = [points[-1]]
    for point in reversed(points[:-1]):
        if point.observed != stands[-1].observed:
            break
        stands.append(point)
    return stands


def _count_resets(points: tuple[Point, ...]) -> int:
    """Return how often the gap was closed by a move of the mirror alone."""
    return sum(
        1
        for before, after in itertools.pairwise(points)
        if before.delta and not after.delta and after.observed != before.observed
    )


def _is_waiting(case: Case) -> bool:
    """Return whether the mirror's number is still of the batch in which the gap was first seen.

    A batch that ran since and left the gap as it was has had its turn. Where movements are told,
    what came after a declared batch is no gap in the first place.
    """
    if any(m.kind != INFERRED for m in case.moves or ()):
        return False
    since = case.points[find_start(case.points) :]
    first = next((p for p in since if p.delta), since[-1])
    return case.points[-1].at <= first.at


def _find_late_words(scene: Scene) -> Iterator[Claim]:
    """Claim words that are missing where the last ones of their teller came late and together."""
    missing = [e for e in scene.find_entries("missing") if e.move]
    late = find_late_rows(scene.case)
    if not missing or len(late) < LEAST_LATE:
        return
    newest = max(row.at for row, _ in late)
    tellers = {move.system for _, move in late}
    longest = max(row.at - move.at for row, move in late)
    oldest = missing[0].at
    is_next = all(e.move and e.move.system in tellers and e.at > newest for e in missing)
    if is_next and scene.case.points[-1].at - oldest <= longest + HOUR:
        yield Claim(
            cause=NAME,
            units=sum(e.units for e in missing),
            at=oldest,
            series=tuple(sum(e.units for e in missing if e.at <= p.at) for p in scene.case.points),
            strength=BY_ID + 1.0,
            ids=tuple(e.move.movement_id for e in missing if e.move),
            path=(f"{scene.case.owner}:movements", "batch:waiting", f"{scene.case.mirror}:later"),
            facts={"level": scene.case.points[-1].observed, "resets": len(late)},
            settles=SETTLES,
        )


def find_late_rows(case: Case) -> list[tuple[LogRow, Move]]:
    """Return rows of the log that came much later than the path takes, with their movements."""
    moves = {name: m for m in case.moves or () for name in (m.movement_id, m.reference_id)}
    told = ((row, moves.get(row.reference_id)) for row in case.log or ())
    return [
        (row, move)
        for row, move in told
        if move is not None and move.effect and row.at > move.at + case.delay + HOUR
    ]
