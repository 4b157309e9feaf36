"""The owner holds an item that the mirror never listed, or lists no more."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.scene import Scene

NAME = "missing_row"
SETTLES = "whether the item was ever listed there"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a row the mirror lacks."""
    if scene.case.kind == "absent":
        yield Claim(
            cause=NAME, units=scene.case.delta, at=None, strength=BY_RECORD, settles=SETTLES,
            path=("owner:row", "mirror:no_row",),
        )  # fmt: skip
