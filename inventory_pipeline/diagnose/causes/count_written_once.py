"""A count was written to the owner and to nobody else: the stale number comes back (DIA-13)."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.jumps import find_missed
from inventory_pipeline.diagnose.kinds import is_physical_count
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

NAME = "count_written_once"
SETTLES = "the count's id in the mirror's change log"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim every count or adjustment of the owner that the mirror does not tell of."""
    path = ("shelf:count", "middleware:none", f"{scene.case.mirror}:stale")
    for entry in scene.find_entries("missing"):
        if entry.move and is_physical_count(entry.move, scene.case.moves or ()):
            yield replace(claim_entry(NAME, scene, entry), path=path, settles=SETTLES)
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        missed = find_missed(scene.case, jump)
        for move in missed:
            if is_physical_count(move, scene.case.moves or ()):
                claim = claim_jump(NAME, jump, move, choices=len(missed))
                yield replace(claim, strength=claim.strength + 1.0, path=path, settles=SETTLES)
