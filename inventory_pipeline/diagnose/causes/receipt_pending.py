"""A correction of ours is on its way and has not been confirmed."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import BY_ID, Claim
from inventory_pipeline.diagnose.scene import Scene, claim_entry

NAME = "receipt_pending"
SETTLES = "the receipt's confirmation"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim what pending receipts will close: the whole gap, or what one of them was sent for."""
    receipts = scene.case.receipts
    yield from _find_parts(scene)
    if receipts and -sum(units for _, units in receipts) == scene.case.delta:
        yield Claim(
            cause=NAME,
            units=scene.case.delta,
            at=None,
            series=tuple(p.delta for p in scene.case.points),
            strength=BY_ID + 2.0,
            ids=tuple(name for name, _ in receipts),
            path=("outbox:pending", f"{scene.case.mirror}:waiting"),
            settles=SETTLES,
        )


def _find_parts(scene: Scene) -> Iterator[Claim]:
    """Claim the movements of just their sizes that the mirror lacks, each receipt for one."""
    lost = list(scene.find_entries("missing"))
    for name, units in scene.case.receipts:
        entry = next((e for e in lost if e.units == -units), None)
        if entry is not None:
            lost.remove(entry)
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim, strength=BY_ID + 1.0, ids=(name, *claim.ids), is_proven_by_ids=False,
                correction=None, path=("outbox:pending", f"{scene.case.mirror}:waiting"),
                settles=SETTLES,
            )  # fmt: skip
