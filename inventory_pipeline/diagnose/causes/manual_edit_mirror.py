"""Somebody changed the mirror's number by hand."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import BY_SHAPE, Claim
from inventory_pipeline.diagnose.kinds import is_person, is_program
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

NAME = "manual_edit_mirror"
SETTLES = "who changed the number, in the mirror's own log"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a change that no movement asked for; with a person's name it is nearly certain."""
    path = ("person:edit", f"{scene.case.mirror}:changed")
    ours = dict(scene.case.sent)
    for entry in scene.find_entries("extra", "sized"):
        row = entry.steps[0].row
        if row.reference_id in ours:
            continue
        if (is_program(row.actor) or entry.is_by_id) and not is_person(row.actor):
            continue
        claim = claim_entry(NAME, scene, entry)
        by_hand = is_person(row.actor)
        yield replace(
            claim,
            # a row that names a transaction is that transaction's, whoever typed it
            strength=claim.strength + (4.0 if by_hand and not entry.moves else -1.5),
            is_proven_by_ids=False,
            correction=None,
            facts={"actor": row.actor} if by_hand else {},
            path=path,
            settles=SETTLES,
        )
    if scene.is_blind:
        for jump in scene.jumps:
            claim = claim_jump(NAME, jump, None)
            yield replace(claim, strength=BY_SHAPE, correction=None, path=path, settles=SETTLES)
