"""Two numbers read at two instants: what moved between them is no gap."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_ID, BY_SIZE, Claim
from inventory_pipeline.diagnose.scene import INFERRED, Scene

NAME = "observation_skew"
SETTLES = "the source time of both numbers"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap of one check that movements between the two readings explain."""
    case = scene.case
    if not case.points or len(case.points) < 2 or case.points[-2].delta:
        return
    yield from _find_stale_page(scene)
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


def _find_stale_page(scene: Scene) -> Iterator[Claim]:
    """Claim a number that lacks the newest rows of its own log: it is older than it says."""
    case, account = scene.case, scene.account
    if account is None or account.mirror_rest != case.delta or not case.delta:
        return
    before, end = case.points[-2:]
    rows = [r for r in case.log or () if before.at < r.at <= end.at]
    levels = [before.observed]
    for row in rows:
        levels.append(row.units if row.operation == "set" else levels[-1] + row.units)
    lacking = [n for n, level in enumerate(levels[:-1]) if level == end.observed]
    if lacking and levels[-1] - end.observed == -case.delta:
        yield Claim(
            cause=NAME,
            units=case.delta,
            at=end.at,
            strength=BY_ID,
            ids=tuple(r.reference_id or r.change_id for r in rows[lacking[-1] :]),
            path=(f"{case.mirror}:changed", f"{case.mirror}:old_page"),
            settles=SETTLES,
        )
