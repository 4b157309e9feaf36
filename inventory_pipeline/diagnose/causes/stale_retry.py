"""A message that waited, or was tried again, wrote the level of long ago."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.levels import find_overwrites
from inventory_pipeline.diagnose.scene import Scene, claim_entry

NAME = "stale_retry"
SETTLES = "attempt and queue age of the write in the middleware's log"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim an older level written by a second attempt or after more than an hour's wait."""
    for overwrite in find_overwrites(scene):
        if overwrite.is_retry:
            claim = claim_entry(NAME, scene, overwrite.entry)
            yield replace(
                claim,
                strength=claim.strength + 2.0,
                is_proven_by_ids=False,
                path=("middleware:retry", f"{scene.case.mirror}:older_level"),
                facts={"level": overwrite.level},
                settles=SETTLES,
            )
