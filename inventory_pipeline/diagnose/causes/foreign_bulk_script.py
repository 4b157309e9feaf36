"""A program of somebody else's rewrote many numbers in one minute (the 581)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from inventory_pipeline.diagnose.case import Case
from inventory_pipeline.diagnose.claim import BY_PATTERN, Claim
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

NAME = "foreign_bulk_script"
SETTLES = "what ran at the mirror in that minute, and on whose behalf"
CROWD = 10
# A script takes a few minutes over so many items.
SPREAD = timedelta(minutes=3)


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a change without a reference that many other items had in the same minutes."""
    case = scene.case
    path = ("script:bulk_update", f"{case.mirror}:many_items")
    entries = [e for e in scene.find_entries("extra", "sized") if not e.is_by_id]
    for entry in entries:
        items = count_crowd(case, entry.at - SPREAD, entry.at + SPREAD)
        if items >= CROWD:
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim, strength=claim.strength + BY_PATTERN + 3.0, is_proven_by_ids=False,
                correction=None, facts={"items": items}, path=path, settles=SETTLES,
            )  # fmt: skip
    for jump in scene.jumps if not entries else ():
        others = sum(p.jump_at == jump.high and p.mirror == case.mirror for p in case.peers)
        items = count_crowd(case, jump.low, jump.high) if not scene.is_blind else others
        if min(items, others) >= CROWD and not scene.jumps_by_movement:
            yield replace(
                claim_jump(NAME, jump, None), strength=BY_PATTERN + 2.0, correction=None,
                facts={"items": items}, path=path, settles=SETTLES,
            )  # fmt: skip


def count_crowd(case: Case, low: datetime, high: datetime) -> int:
    """Return how many items of the mirror changed without a reference between two moments."""
    return sum(items for minute, items in case.crowd.items() if low <= minute <= high)
