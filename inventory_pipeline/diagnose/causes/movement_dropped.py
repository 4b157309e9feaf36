"""A movement the owner made and the mirror never heard of."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Move
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.jumps import find_missed, find_sum
from inventory_pipeline.diagnose.kinds import ORDER, is_good_return, is_physical_count
from inventory_pipeline.diagnose.scene import INFERRED, Scene, claim_entry, claim_jump

NAME = "movement_dropped"
# A receipt that the books lack is named after what the books did not do.
BOOKS = ("erp",)
SETTLES = "the mirror's change log for the hour: the movement's id is in it or it is not"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim every unheard movement that is neither an order, a return nor a count."""
    for entry in scene.find_entries("missing"):
        move = entry.move
        if move and not _has_own_name(scene, move):
            claim = claim_entry(NAME, scene, entry)
            # a count that is not heard has a cause of its own
            weaker = 2.0 if is_physical_count(move, scene.case.moves or ()) else 0.0
            yield replace(
                claim,
                strength=claim.strength - weaker,
                path=(f"{move.system}:{move.kind}", "middleware:lost", f"{scene.case.mirror}:none"),
                settles=SETTLES,
            )
    if scene.is_blind:
        yield from _guess(scene)


def _guess(scene: Scene) -> Iterator[Claim]:
    for jump in scene.jumps:
        missed = find_missed(scene.case, jump)
        for move in missed:
            if _has_own_name(scene, move) or is_physical_count(move, scene.case.moves or ()):
                continue
            if move.kind == INFERRED and not move.owner_effect:
                continue  # a promise, not goods
            yield replace(
                claim_jump(NAME, jump, move, choices=len(missed)),
                path=(f"{move.system}:{move.kind}", "middleware:lost", f"{scene.case.mirror}:none"),
                settles=SETTLES,
            )
        pair = () if missed else find_sum(scene.case, jump)
        if pair:
            yield replace(
                claim_jump(NAME, jump, pair[0], choices=3),
                ids=tuple(m.movement_id for m in pair),
                settles=SETTLES,
            )


def _has_own_name(scene: Scene, move: Move) -> bool:
    """Return whether a movement of this kind that is not heard has a cause of its own."""
    is_addition = move.kind == "receipt" or (move.kind == INFERRED and move.effect > 0)
    is_booked = is_addition and scene.case.rule.role in BOOKS
    return move.kind == ORDER or is_good_return(move) or is_booked
