"""Stock was credited when the return was announced, before any box came (DIA-12, RET-02)."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.returns import find_early_credits
from inventory_pipeline.diagnose.scene import Scene

NAME = "return_credited_early"
SETTLES = "whether the box of this return is scanned at arrival"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a credit at the announcement while the box may still come in time."""
    for credit in find_early_credits(scene, NAME):
        if not credit.is_overdue:
            yield replace(
                credit.claim,
                is_proven_by_ids=False,
                correction=None,
                path=("storefront:return_initiated", f"{scene.case.mirror}:credited"),
                settles=SETTLES,
            )
