"""One event arrived twice and was counted twice."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.jumps import find_doubled
from inventory_pipeline.diagnose.kinds import ORDERS
from inventory_pipeline.diagnose.matching import Entry
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump
from inventory_pipeline.diagnose.twins import claim_twin, find_nameless_twins

NAME = "event_duplicated"
SETTLES = "the event's id, twice, in the log of the mirror or of the middleware"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a change told once more than it happened."""
    path = ("middleware:delivered_twice", f"{scene.case.mirror}:counted_twice")
    for entry in scene.find_entries("repeated"):
        claim = claim_entry(NAME, scene, entry)
        # a sale told twice is more often two routes than one message
        lean = 1.5 if _is_replayed(scene, entry) else -1.5 if _is_sale(entry) else 0.0
        yield replace(claim, strength=claim.strength + lean, path=path, settles=SETTLES)
    for entry, move in find_nameless_twins(scene):
        if entry.units > 0 or move.kind not in ORDERS:
            yield replace(claim_twin(NAME, scene, entry, move), path=path, settles=SETTLES)
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        doubled = find_doubled(scene.case, jump)
        for move in doubled:
            lean = 0.0 if move.effect > 0 else -1.0
            claim = claim_jump(NAME, jump, move, choices=len(doubled))
            yield replace(claim, strength=claim.strength + lean, path=path, settles=SETTLES)


def _is_sale(entry: Entry) -> bool:
    return entry.units < 0 and any(m.kind in (*ORDERS, "shipment") for m in entry.moves)


def _is_replayed(scene: Scene, entry: Entry) -> bool:
    """Return whether the middleware itself tells of two deliveries of one event."""
    deliveries = {m for move in entry.moves for m in scene.find_messages(move)}
    return len(deliveries) > len({m.event_id for m in deliveries})
