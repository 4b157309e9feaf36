"""One order lowered the number twice: by webhook and by direct capture (DIA-08)."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from inventory_pipeline.diagnose.case import Case, Move
from inventory_pipeline.diagnose.claim import BY_ID, Claim
from inventory_pipeline.diagnose.jumps import find_doubled
from inventory_pipeline.diagnose.kinds import ORDERS, has_kind
from inventory_pipeline.diagnose.matching import Entry
from inventory_pipeline.diagnose.scene import INFERRED, Scene, claim_entry, claim_jump
from inventory_pipeline.diagnose.twins import claim_twin, find_nameless_twins

NAME = "double_decrement"
# Two captures of one order come close together; a second parcel of it takes longer.
TWIN = timedelta(hours=1)
SETTLES = "two decrements with the same order id in the mirror's log"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a second decrement that names the same order."""
    path = (
        "storefront:order_placed", "webhook:decrement", "capture:decrement",
        f"{scene.case.mirror}:twice",
    )  # fmt: skip
    for entry in scene.find_entries("repeated"):
        if entry.units < 0 and has_kind(entry.moves, *ORDERS, "shipment"):
            claim = claim_entry(NAME, scene, entry)
            # the same parcel told twice is one message delivered twice
            lean = -2.5 if names_parcel(entry) else 0.0
            yield replace(claim, strength=claim.strength + lean, path=path, settles=SETTLES)
    for entry, move in find_nameless_twins(scene):
        if _is_sale(move):
            yield replace(claim_twin(NAME, scene, entry, move), path=path, settles=SETTLES)
    yield from _find_owner_doubles(scene)
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        doubled = [m for m in find_doubled(scene.case, jump) if _is_sale(m)]
        for move in doubled:
            claim = claim_jump(NAME, jump, move, choices=len(doubled))
            yield replace(claim, path=path, settles=SETTLES)


def names_parcel(entry: Entry) -> bool:
    """Return whether the row names a shipment by its own id, not by the order's."""
    parcels = {m.movement_id for m in entry.moves if m.kind == "shipment"}
    return any(step.row.reference_id in parcels for step in entry.steps)


def _is_sale(move: Move) -> bool:
    return move.effect < 0 and move.kind in (*ORDERS, "shipment", INFERRED)


def _find_owner_doubles(scene: Scene) -> Iterator[Claim]:
    """Claim an order that the owner itself took off twice; a mirror never mends that."""
    moves = [m for m in scene.case.moves or () if m.is_own and m.owner_effect < 0]
    for first, second in itertools.combinations(moves, 2):
        is_twin = (
            first.kind == second.kind
            and first.units == second.units
            and first.reference_id
            and first.reference_id == second.reference_id
            and second.at - first.at < TWIN
        )
        if is_twin and _is_too_much(scene.case, first.reference_id):
            yield Claim(
                cause=NAME,
                units=second.units,
                at=second.at,
                strength=BY_ID + 2.0,
                ids=(second.movement_id, first.movement_id),
                path=("storefront:order_placed", f"{second.system}:decrement", "twice"),
                facts={"order": first.reference_id},
                settles="a count of the bin: the order left once or twice",
            )


def _is_too_much(case: Case, order: str) -> bool:
    """Return whether more left for an order than it asked for, or nobody knows what it asked."""
    told = [m for m in case.moves or () if m.is_own and order in m.names]
    asked = sum(m.units for m in told if m.kind == "order_placed")
    left = sum(m.units for m in told if m.owner_effect < 0)
    return not asked or left > asked
