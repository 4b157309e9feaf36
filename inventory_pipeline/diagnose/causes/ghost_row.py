"""The mirror holds a row that the owner's whole snapshot does not know (REC-08)."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.scene import Scene

NAME = "ghost_row"
SETTLES = "a bin with the item in it, or the row's origin"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a row without an owner; it is put aside and never corrected."""
    if scene.case.kind == "ghost":
        yield Claim(
            cause=NAME, units=scene.case.delta, at=None, strength=BY_RECORD, settles=SETTLES,
            ids=tuple(row.change_id for row in (scene.case.log or ())[-1:]),
            path=("mirror:row", "owner:no_row",),
        )  # fmt: skip
