"""The record says there is stock, and an item that always sold has stopped selling."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_RECORD, Claim
from inventory_pipeline.diagnose.scene import Scene

NAME = "phantom_zero_sales"
SETTLES = "a count of the bin"
# Silence this improbable under the item's own demand is no accident (inspection rule of the
# phantom stockout literature: a threshold of consecutive zero-sales periods).
IMPROBABLE = 0.01


def find(scene: Scene) -> Iterator[Claim]:
    """Claim stock on record that nobody can have, judged by the run of hours without a sale."""
    case = scene.case
    if case.silence is None or case.silence >= IMPROBABLE or case.finding_class != "phantom_stock":
        return
    yield Claim(
        cause=NAME,
        units=case.delta,
        at=None,
        strength=BY_RECORD,
        path=("shelf:record", "storefront:no_sale"),
        facts={"chance_in_a_million": round(case.silence * 1_000_000)},
        settles=SETTLES,
    )
