"""Our own correction came back: somebody writes the opposite after every receipt of ours."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.scene import Scene, claim_entry

NAME = "our_echo_or_loop"
SETTLES = "who answers our correction with the opposite change"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a change that undoes a receipt of ours, or that names one a second time."""
    ours = dict(scene.case.sent)
    for entry in scene.find_entries("extra", "repeated", "sized"):
        row = entry.steps[0].row
        is_echo = row.reference_id in ours
        is_undone = not row.reference_id and -entry.units in ours.values()
        if is_echo or is_undone:
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim, strength=BY_RECORD + (2.0 if is_echo else 0.0), is_proven_by_ids=False,
                correction=None, path=("outbox:receipt", f"{scene.case.mirror}:echo"),
                settles=SETTLES,
            )  # fmt: skip
