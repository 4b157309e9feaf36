"""The units lie in another bin: misplaced, not lost (CLS-06)."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.kinds import find_counts
from inventory_pipeline.diagnose.scene import Scene

NAME = "wrong_bin"
SETTLES = "a count of both bins"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a pair of counts that cancel out between two bins."""
    if scene.case.finding_class == "misplaced":
        yield Claim(
            cause=NAME, units=scene.case.delta, at=None, strength=BY_RECORD,
            ids=find_counts(scene.case), settles=SETTLES,
            path=("bin:short", "bin:over",),
        )  # fmt: skip
