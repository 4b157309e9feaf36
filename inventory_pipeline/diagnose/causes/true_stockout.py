"""Every system says zero and the bins are empty: there is nothing to reconcile (CLS-03)."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.kinds import find_last
from inventory_pipeline.diagnose.scene import Scene

NAME = "true_stockout"
SETTLES = "the next receipt"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a stockout all systems agree on."""
    if scene.case.finding_class == "stockout":
        yield Claim(
            cause=NAME, units=scene.case.delta, at=None, strength=BY_RECORD, settles=SETTLES,
            ids=find_last(scene.case, "shipment", "pos_sale"),
            path=("shelf:empty", "mirrors:zero",),
        )  # fmt: skip
