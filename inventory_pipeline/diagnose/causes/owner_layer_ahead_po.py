"""One layer counts a purchase order when it is posted, the other when it is received (DIA-09)."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Move
from inventory_pipeline.diagnose.claim import BY_RECORD, BY_SHAPE, Claim
from inventory_pipeline.diagnose.jumps import list_near
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump, is_lone_rise

NAME = "owner_layer_ahead_po"
BOOKS = ("erp",)
SETTLES = "the receipt of this purchase order at the warehouse"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim units that were posted on a purchase order and are not received yet."""
    path = ("erp:purchase_order_posted", f"{scene.case.mirror}:ahead", "wms:not_received")
    if scene.case.kind == "receipt_lag":
        yield Claim(
            cause=NAME, units=scene.case.delta, at=None, strength=BY_RECORD,
            ids=tuple(scene.case.subject.split()), path=path, settles=SETTLES,
        )  # fmt: skip
        return
    for entry in scene.find_entries("extra", "repeated", "sized"):
        posted = [m for m in entry.moves if m.kind == "purchase_order_posted"]
        if entry.units > 0 and any(m.units == entry.units for m in posted):
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim, strength=claim.strength + 1.0, is_proven_by_ids=False, correction=None,
                path=path, settles=SETTLES,
            )  # fmt: skip
    for jump in scene.jumps if scene.is_blind else ():
        fit = [m for m in list_near(scene.case, jump) if _is_ahead(m, scene.case.moves or ())]
        for move in fit:
            if move.units == jump.units:
                claim = claim_jump(NAME, jump, move, choices=len(fit))
                yield replace(
                    claim, strength=BY_RECORD, correction=None, path=path, settles=SETTLES
                )
        if scene.has_only_counts and scene.case.rule.role in BOOKS and is_lone_rise(scene, jump):
            yield replace(
                claim_jump(NAME, jump, None), strength=BY_SHAPE + 0.2, correction=None, path=path,
                settles=SETTLES,
            )  # fmt: skip


def _is_ahead(move: Move, moves: tuple[Move, ...]) -> bool:
    if move.kind != "purchase_order_posted":
        return False
    names = set(move.names)
    return not any(m.kind == "receipt" and names.intersection(m.names) for m in moves)
