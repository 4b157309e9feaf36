"""A parcel left the 3PL, the owner knows, the mirror was never told."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Move
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.jumps import find_missed
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

NAME = "threepl_confirmation_missing"
SETTLES = "the 3PL's shipment id in the mirror's log, or the parcel's status there"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a shipment of the 3PL that the mirror does not tell of."""
    for entry in scene.find_entries("missing"):
        if entry.move and _is_theirs(scene, entry.move, entry.moves):
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim,
                strength=claim.strength + 2.0,
                path=("threepl:shipment", "middleware:lost", f"{scene.case.mirror}:in_transit"),
                settles=SETTLES,
            )
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        missed = find_missed(scene.case, jump)
        for move in missed:
            if _is_theirs(scene, move, scene.case.moves or ()):
                claim = claim_jump(NAME, jump, move, choices=len(missed))
                yield replace(claim, strength=claim.strength + 0.5, settles=SETTLES)


def _is_theirs(scene: Scene, move: Move, others: tuple[Move, ...]) -> bool:
    if move.kind != "shipment":
        return False
    if scene.case.rule.owner_role == "threepl" and move.is_own:
        return True
    names = set(move.names)
    return any(m.role == "threepl" and names.intersection(m.names) for m in others)
