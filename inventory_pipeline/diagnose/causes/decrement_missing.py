"""An order that the mirror's number never fell for."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Move
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.jumps import find_missed
from inventory_pipeline.diagnose.kinds import ORDER
from inventory_pipeline.diagnose.scene import INFERRED, Scene, claim_entry, claim_jump

NAME = "decrement_missing"
SETTLES = "the mirror's change log: the order's id is in it or it is not"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim every sale without a decrement of its id."""
    for entry in scene.find_entries("missing"):
        if entry.move and _is_sale(entry.move):
            yield replace(
                claim_entry(NAME, scene, entry), path=_trace(scene, entry.move), settles=SETTLES
            )
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        missed = find_missed(scene.case, jump)
        for move in missed:
            if _is_sale(move) or _may_be_sale(scene, move):
                claim = claim_jump(NAME, jump, move, choices=len(missed))
                yield replace(claim, path=_trace(scene, move), settles=SETTLES)


def _is_sale(move: Move) -> bool:
    return move.kind == ORDER and move.effect < 0


def _may_be_sale(scene: Scene, move: Move) -> bool:
    """Return whether a fall that only counts tell of may be an order: what is here stands still."""
    is_channel = scene.case.rule.moment == "order"
    return move.kind == INFERRED and move.effect < 0 and is_channel and move.owner_effect == 0


def _trace(scene: Scene, move: Move) -> tuple[str, ...]:
    return (f"{move.system}:{move.kind}", "middleware:lost", f"{scene.case.mirror}:no_decrement")
