"""The total agrees and the places do not: units stand at the wrong location (REC-09)."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_PATTERN, Claim
from inventory_pipeline.diagnose.scene import Scene

NAME = "location_pool"
SETTLES = "which location the mirror's orders are routed to"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap that the same item has the other way round at another place."""
    case = scene.case
    twins = [
        p
        for p in case.peers
        if p.sku == case.sku
        and p.mirror == case.mirror
        and p.fact == case.fact
        and p.location_id != case.location_id
        and p.delta == -case.delta
    ]
    if twins and case.points:
        yield Claim(
            cause=NAME,
            units=case.delta,
            at=None,
            series=tuple(p.delta for p in case.points),
            strength=BY_PATTERN + 4.0,
            ids=tuple(p.location_id for p in twins),
            facts={"other_location": twins[0].location_id},
            path=(f"{case.mirror}:pool", f"{case.location_id}:{case.delta:+d}"),
            settles=SETTLES,
        )
