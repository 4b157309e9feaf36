"""A program of somebody else's rewrote many numbers in one minute (the 581)."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import BY_PATTERN, Claim
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

NAME = "foreign_bulk_script"
SETTLES = "what ran at the mirror in that minute, and on whose behalf"
CROWD = 10


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a change without a reference that many other items had in the same minute."""
    case = scene.case
    path = ("script:bulk_update", f"{case.mirror}:many_items")
    for entry in scene.find_entries("extra", "sized"):
        minute = entry.at.replace(second=0, microsecond=0)
        if case.crowd.get(minute, 0) >= CROWD:
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim, strength=claim.strength + BY_PATTERN + 3.0, is_proven_by_ids=False,
                correction=None, facts={"items": case.crowd[minute]}, path=path, settles=SETTLES,
            )  # fmt: skip
    if scene.is_blind and scene.jumps:
        jump = scene.jumps[-1]
        others = sum(p.jump_at == jump.high and p.mirror == case.mirror for p in case.peers)
        if others >= CROWD and not scene.jumps_by_movement:
            yield replace(
                claim_jump(NAME, jump, None), strength=BY_PATTERN, correction=None,
                facts={"items": others}, path=path, settles=SETTLES,
            )  # fmt: skip
