"""The record says there is stock, and an item that always sold has stopped selling."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.kinds import find_last
from inventory_pipeline.diagnose.scene import Scene

NAME = "phantom_zero_sales"
SETTLES = "a count of the bin"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim stock on record that nobody seems able to sell; only a count can tell."""
    if scene.case.kind == "phantom":
        yield Claim(
            cause=NAME,
            units=scene.case.delta,
            at=None,
            strength=BY_RECORD,
            path=("shelf:record", "storefront:no_sale"),
            settles=SETTLES,
            ids=find_last(scene.case, "order_placed", "pos_sale"),
        )
