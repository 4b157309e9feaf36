"""Units on their way: a small gap that young movements explain, and that clears by itself."""

from collections.abc import Iterator
from datetime import timedelta

from inventory_pipeline.diagnose.case import Move
from inventory_pipeline.diagnose.claim import BY_SIZE, Claim
from inventory_pipeline.diagnose.scene import INFERRED, Scene

NAME = "in_flight"
SETTLES = "the next two checks: it clears, or it is no order in flight"
SETTLE_CHECKS = 2
# A path that declares no delay may still take this long.
UNDECLARED = timedelta(hours=1)


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a young gap that equals the newest movements, none left out between."""
    case = scene.case
    if not case.points or len(scene.jumps) != 1:
        return
    age = sum(1 for p in case.points if p.at >= scene.jumps[0].high)
    if age > SETTLE_CHECKS:
        return
    end, missed = case.points[-1].at, 0
    chosen: list[Move] = []
    for move in reversed(case.moves or ()):
        if not move.effect or move.kind == INFERRED or move.at > end:
            continue
        if move.at <= end - case.delay - UNDECLARED:
            break
        missed -= move.effect
        chosen.append(move)
        if missed == case.delta:
            yield Claim(
                cause=NAME,
                units=case.delta,
                at=scene.jumps[0].high,
                strength=BY_SIZE - len(chosen) / 2,
                ids=tuple(m.movement_id for m in chosen),
                path=(f"{case.owner}:movement", f"{case.mirror}:not_yet"),
                settles=SETTLES,
            )
            return
