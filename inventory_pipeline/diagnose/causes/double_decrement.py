"""One order lowered the number twice: by webhook and by direct capture (DIA-08)."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Move
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.jumps import find_doubled
from inventory_pipeline.diagnose.kinds import ORDERS, has_kind
from inventory_pipeline.diagnose.scene import INFERRED, Scene, claim_entry, claim_jump

NAME = "double_decrement"
SETTLES = "two decrements with the same order id in the mirror's log"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a second decrement that names the same order."""
    path = (
        "storefront:order_placed", "webhook:decrement", "capture:decrement",
        f"{scene.case.mirror}:twice",
    )  # fmt: skip
    for entry in scene.find_entries("repeated"):
        if entry.units < 0 and has_kind(entry.moves, *ORDERS, "shipment"):
            yield replace(claim_entry(NAME, scene, entry), path=path, settles=SETTLES)
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        doubled = [m for m in find_doubled(scene.case, jump) if _is_sale(m)]
        for move in doubled:
            claim = claim_jump(NAME, jump, move, choices=len(doubled))
            yield replace(claim, path=path, settles=SETTLES)


def _is_sale(move: Move) -> bool:
    return move.effect < 0 and move.kind in (*ORDERS, "shipment", INFERRED)
