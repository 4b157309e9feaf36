"""Twins: a row that names nothing known and repeats a movement told just before it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from inventory_pipeline.diagnose.case import Move
from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.kinds import is_person
from inventory_pipeline.diagnose.matching import Entry
from inventory_pipeline.diagnose.scene import Scene, claim_entry

# A second capture, or a second delivery, of one event comes this soon.
SOON = timedelta(minutes=20)


def find_nameless_twins(scene: Scene) -> Iterator[tuple[Entry, Move]]:
    """Yield rows of just the size of a movement before them, with that movement."""
    for entry in scene.find_entries("extra"):
        row = entry.steps[0].row
        if entry.moves or row.operation != "add" or row.other_sku or is_person(row.actor):
            continue
        moves = scene.case.moves or ()
        fit = [m for m in moves if m.effect == entry.units and abs(entry.at - m.at) <= SOON]
        if len(fit) == 1:
            yield entry, fit[0]


def claim_twin(cause: str, scene: Scene, entry: Entry, move: Move) -> Claim:
    """Return a claim on such a row: size and time speak for it, no id does."""
    claim = claim_entry(cause, scene, entry)
    return replace(claim, strength=claim.strength + 2.0, ids=(*claim.ids, move.movement_id))
