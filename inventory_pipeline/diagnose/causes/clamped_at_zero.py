"""A number that should have gone below zero stopped there, and is too high ever since."""

from collections.abc import Iterator
from datetime import datetime

from inventory_pipeline.diagnose.case import Case, Point
from inventory_pipeline.diagnose.claim import BY_SERIES, Claim
from inventory_pipeline.diagnose.points import find_start
from inventory_pipeline.diagnose.scene import Scene
from inventory_pipeline.model.quantities import COMMITTED

NAME = "clamped_at_zero"
SETTLES = "the hour in which the mirror stood at zero, in its own log"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a constant surplus as large as the expectation once was below zero."""
    case = scene.case
    if case.delta <= 0 or not case.points:
        return
    since = case.points[find_start(case.points) :]
    lowest = min((_compute_linear(case, p) for p in since), default=0)
    touched = [p for p in since if p.observed == 0]
    if lowest < 0 and touched and -lowest == case.delta:
        yield Claim(
            cause=NAME,
            units=case.delta,
            at=None,
            series=tuple(p.delta for p in case.points),
            strength=BY_SERIES + 1.0,
            correction=-case.delta,
            ids=_find_rows(case, touched[0].at),
            facts={"below_zero": lowest},
            path=("target:below_zero", f"{case.mirror}:held_at_zero", f"{case.mirror}:too_high"),
            settles=SETTLES,
        )


def _compute_linear(case: Case, point: Point) -> int:
    """Return what the rule gives before it is held at zero."""
    promised = point.committed or 0 if COMMITTED in case.rule.names else 0
    return point.owner - promised - (case.rule.safety if case.rule.takes_safety else 0)


def _find_rows(case: Case, at: datetime) -> tuple[str, ...]:
    """Return the row that brought the mirror to zero, and the movement it tells of."""
    rows = [row for row in case.log or () if row.at <= at]
    if not rows:
        return ()
    newest = rows[-1]
    moved = [m.movement_id for m in case.moves or () if newest.reference_id in m.names]
    return (newest.change_id, *moved)
