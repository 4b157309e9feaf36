"""An older level was written over a newer one: last write wins, first truth loses."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.levels import find_overwrites, find_returns
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

NAME = "stale_overwrite"
SETTLES = "source time and sequence of the write, beside those of the write before it"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a level set to what it once was."""
    path = ("middleware:out_of_order", f"{scene.case.mirror}:older_level")
    for overwrite in find_overwrites(scene):
        claim = claim_entry(NAME, scene, overwrite.entry)
        bonus = 1.0 if overwrite.is_older else 0.0
        penalty = 3.0 if overwrite.is_retry else 0.0
        yield replace(
            claim, strength=claim.strength + bonus - penalty, is_proven_by_ids=False, path=path,
            facts={"level": overwrite.level}, settles=SETTLES,
        )  # fmt: skip
    if scene.is_blind:
        for jump, level, choices in find_returns(scene):
            claim = claim_jump(NAME, jump, None, choices=choices)
            yield replace(claim, strength=1.5 / choices, facts={"level": level}, settles=SETTLES)
