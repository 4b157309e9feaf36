"""A correction of ours is on its way and has not been confirmed."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_ID, Claim
from inventory_pipeline.diagnose.scene import Scene

NAME = "receipt_pending"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap that is just what pending receipts will close."""
    receipts = scene.case.receipts
    if receipts and -sum(units for _, units in receipts) == scene.case.delta:
        yield Claim(
            cause=NAME,
            units=scene.case.delta,
            at=None,
            series=tuple(p.delta for p in scene.case.points),
            strength=BY_ID + 2.0,
            ids=tuple(name for name, _ in receipts),
            path=("outbox:pending", f"{scene.case.mirror}:waiting"),
            settles="the receipt's confirmation",
        )
