"""A stained box was put into quarantine by the shelf and on sale by the mirror."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.jumps import list_near
from inventory_pipeline.diagnose.kinds import is_stained_return
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

NAME = "damaged_return_restocked"
SETTLES = "the disposition on the return's receipt"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a credit for a return that was judged unsaleable."""
    path = ("shelf:return_received:damaged", f"{scene.case.mirror}:restocked")
    for entry in scene.find_entries("extra", "repeated", "sized"):
        stained = [m for m in entry.moves if is_stained_return(m)]
        if entry.units > 0 and any(m.units == entry.units for m in stained):
            claim = claim_entry(NAME, scene, entry)
            yield replace(claim, strength=claim.strength + 1.0, path=path, settles=SETTLES)
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        fit = [
            m for m in list_near(scene.case, jump) if is_stained_return(m) and m.units == jump.units
        ]
        for move in fit:
            claim = claim_jump(NAME, jump, move, choices=len(fit))
            yield replace(claim, strength=claim.strength + 1.0, path=path, settles=SETTLES)
