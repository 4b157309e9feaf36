"""Goods were received and another layer's books never posted the receipt."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.jumps import find_missed
from inventory_pipeline.diagnose.scene import INFERRED, Scene, claim_entry, claim_jump

NAME = "receipt_not_posted"
SETTLES = "whether the receipt's id stands in the books beyond the declared lag"
BOOKS = ("erp",)


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a receipt that the books do not tell of; a shop window is no set of books."""
    if scene.case.rule.role not in BOOKS:
        return
    path = ("wms:receipt", "erp:not_posted")
    for entry in scene.find_entries("missing"):
        if entry.move and entry.move.kind == "receipt":
            claim = claim_entry(NAME, scene, entry)
            yield replace(claim, path=path, settles=SETTLES)
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        missed = find_missed(scene.case, jump)
        for move in missed:
            if move.kind == "receipt" or (move.kind == INFERRED and move.effect > 0):
                claim = claim_jump(NAME, jump, move, choices=len(missed))
                yield replace(claim, path=path, settles=SETTLES)
