"""Stock was credited for a return whose box never came within the due time (RET-05)."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import Claim
from inventory_pipeline.diagnose.returns import find_early_credits
from inventory_pipeline.diagnose.scene import Scene

NAME = "return_never_arrived"
SETTLES = "the carrier's record of the box"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a credit whose box is overdue."""
    for credit in find_early_credits(scene, NAME):
        if credit.is_overdue:
            yield replace(
                credit.claim,
                is_proven_by_ids=False,
                path=(
                    "storefront:return_initiated", f"{scene.case.mirror}:credited",
                    "carrier:no_box",
                ),
                settles=SETTLES,
            )  # fmt: skip
