"""Two numbers read at two instants: what moved between them is no gap."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_SIZE, Claim
from inventory_pipeline.diagnose.scene import INFERRED, Scene

NAME = "observation_skew"
SETTLES = "the source time of both numbers"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap of one check that movements between the two readings explain."""
    case = scene.case
    if not case.points or len(case.points) < 2 or case.points[-2].delta:
        return
    end = case.points[-1]
    low, high = sorted((end.at, end.owner_at))
    between = [
        m for m in case.moves or () if m.effect and m.kind != INFERRED and low < m.at <= high
    ]
    moved = sum(m.effect for m in between)
    if between and case.delta in {moved, -moved}:
        yield Claim(
            cause=NAME,
            units=case.delta,
            at=end.at,
            strength=BY_SIZE + 0.5,
            ids=tuple(m.movement_id for m in between),
            path=(f"{case.owner}:read", "movement:between", f"{case.mirror}:read"),
            settles=SETTLES,
        )
