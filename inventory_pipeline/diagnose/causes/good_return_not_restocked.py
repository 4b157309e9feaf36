"""A good box came back and the mirror never put its units on sale again."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.jumps import find_missed
from inventory_pipeline.diagnose.kinds import is_good_return
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

NAME = "good_return_not_restocked"
SETTLES = "the return's id in the mirror's change log"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim every confirmed good return that the mirror does not tell of."""
    path = ("shelf:return_received", "middleware:lost", f"{scene.case.mirror}:none")
    for entry in scene.find_entries("missing"):
        if entry.move and is_good_return(entry.move):
            yield replace(claim_entry(NAME, scene, entry), path=path, settles=SETTLES)
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        missed = find_missed(scene.case, jump)
        for move in missed:
            if is_good_return(move):
                claim = claim_jump(NAME, jump, move, choices=len(missed))
                yield replace(claim, path=path, settles=SETTLES)
