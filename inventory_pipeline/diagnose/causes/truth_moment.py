"""One number falls at the order, the other at the shipment (QTY-09)."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_PATTERN, BY_SERIES, BY_SIZE, Claim
from inventory_pipeline.diagnose.points import find_start
from inventory_pipeline.diagnose.scene import Scene
from inventory_pipeline.model.quantities import COMMITTED

NAME = "truth_moment"
SETTLES = "the same comparison for every item of the pair: it equals the open orders everywhere"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap that is always the units ordered and not shipped, with one sign."""
    case = scene.case
    if COMMITTED in case.rule.names or not case.points:
        return
    gaps = [p for p in case.points[find_start(case.points) :] if p.delta and p.is_settled]
    if not gaps or any(not p.committed for p in gaps):
        return
    signs = {1 if p.delta > 0 else -1 for p in gaps}
    hits = sum(abs(p.delta) == p.committed for p in gaps)
    if len(signs) != 1 or hits < 0.9 * len(gaps):
        return
    is_moving = len({p.committed for p in gaps}) > 1
    yield Claim(
        cause=NAME,
        units=case.delta,
        at=None,
        series=tuple(p.delta for p in case.points),
        strength=(BY_SERIES if is_moving else BY_SIZE) + (BY_PATTERN if case.like_orders else 0.0),
        facts={"open_orders": gaps[-1].committed or 0},
        path=(f"{case.owner}:falls_at_shipment", f"{case.mirror}:falls_at_order"),
        settles=SETTLES,
    )
