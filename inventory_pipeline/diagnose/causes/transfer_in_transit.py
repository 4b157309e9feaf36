"""Units that left one place and have not arrived at the other (TRF-01)."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Case, LogRow, Move
from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.jumps import list_near
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

NAME = "transfer_in_transit"
INCOMING = "transfer_incoming"
SETTLES = "the transfer's receipt at its destination"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap of the size of a transfer that is still on its way."""
    path = ("origin:transfer_out", "truck:in_transit", "destination:not_received")
    moves = scene.case.moves or ()
    for entry in scene.find_entries("missing", "extra", "repeated", "sized"):
        on_its_way = [m for m in entry.moves if _is_on_its_way(m, moves)]
        is_told = any(_tells_departure(scene.case, step.row, moves) for step in entry.steps)
        if is_told or any(m.units == abs(entry.units) for m in on_its_way):
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim, strength=claim.strength + 1.5, is_proven_by_ids=False, correction=None,
                path=path, settles=SETTLES,
            )  # fmt: skip
    for jump in scene.jumps if scene.is_blind else ():
        for move in list_near(scene.case, jump):
            if _is_on_its_way(move, moves) and move.units == abs(jump.units):
                claim = claim_jump(NAME, jump, move)
                yield replace(
                    claim, strength=BY_RECORD, correction=None, path=path, settles=SETTLES
                )


def _is_on_its_way(move: Move, moves: tuple[Move, ...]) -> bool:
    if move.kind not in {"transfer_out", INCOMING}:
        return False
    names = set(move.names)
    return not any(m.kind == "transfer_in" and names.intersection(m.names) for m in moves)


def _tells_departure(case: Case, row: LogRow, moves: tuple[Move, ...]) -> bool:
    """Return whether a row counts here what has only left another place."""
    is_departure = row.other_sku == case.sku and "transfer_out" in row.other_kinds
    return is_departure and not any(
        m.kind == "transfer_in" and row.reference_id in m.names for m in moves
    )
