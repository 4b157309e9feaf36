"""A count found fewer units than the record, and no movement explains it (CLS-02)."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.kinds import find_counts
from inventory_pipeline.diagnose.scene import Scene

NAME = "shrinkage"
SETTLES = "a second count, and the bin's history"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a variance between a count and the owner's own record."""
    if scene.case.finding_class == "shrinkage":
        yield Claim(
            cause=NAME, units=scene.case.delta, at=None, strength=BY_RECORD,
            ids=find_counts(scene.case)[:1], settles=SETTLES,
            path=("shelf:count", "record:too_high",),
        )  # fmt: skip
