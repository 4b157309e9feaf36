"""Stock was credited when the return was announced, before any box came (DIA-12, RET-02)."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import BY_SHAPE, Claim
from inventory_pipeline.diagnose.returns import find_early_credits
from inventory_pipeline.diagnose.scene import Scene, claim_jump, is_lone_rise

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
    for jump in scene.jumps if scene.has_only_counts else ():
        if scene.case.rule.moment == "order" and is_lone_rise(scene, jump):
            yield replace(
                claim_jump(NAME, jump, None), strength=BY_SHAPE + 0.2, correction=None,
                settles=SETTLES,
            )  # fmt: skip
