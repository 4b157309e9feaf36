"""A snapshot did not come whole: what it seems to lack proves nothing."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.scene import Scene

NAME = "snapshot_incomplete"
SETTLES = "the next whole snapshot of the source"
DOUBTS = ("mirror_partial", "mirror_suspect", "owner_partial", "owner_suspect")


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap that appeared in an hour whose snapshot was doubted."""
    case = scene.case
    is_new = len(case.points) < 2 or case.points[-2].delta == 0
    if is_new and any(doubt in case.qualifiers for doubt in DOUBTS):
        yield Claim(
            cause=NAME,
            units=case.delta,
            at=case.points[-1].at if case.points else None,
            strength=BY_RECORD,
            path=("source:partial",),
            settles=SETTLES,
        )
