"""A bundle was sold, its parts left the shelf, and the mirror counted the bundle alone."""

from collections.abc import Iterator

from inventory_pipeline.diagnose.claim import BY_ID, BY_PATTERN, Claim
from inventory_pipeline.diagnose.points import find_start
from inventory_pipeline.diagnose.scene import Scene

NAME = "bundle_component"
SETTLES = "the bundle's bill of parts at the mirror"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim movements of an item whose order names another one."""
    case = scene.case
    parts = [
        m
        for m in case.moves or ()
        if m.effect < 0 and m.other_sku not in {"", case.sku} and m.is_own
    ]
    if not parts or not case.points:
        return
    missing = [e for e in scene.find_entries("missing") if e.move in parts]
    if missing:
        parts = [m for m in parts if m.at >= missing[0].at]
        if len(parts) > len(missing):
            return  # the mirror does take parts off: this one was lost
        found = [(e.at, e.units) for e in missing]
    elif scene.is_blind:
        agreed_at = case.points[find_start(case.points)].at
        parts = [m for m in parts if m.at > agreed_at]
        found = [(m.at, -m.effect) for m in parts]
    else:
        return
    if not found:
        return
    units = sum(units for _, units in found)
    yield Claim(
        cause=NAME,
        units=units,
        at=None,
        series=tuple(sum(u for at, u in found if at <= p.at) for p in case.points),
        strength=BY_ID + BY_PATTERN if missing else BY_PATTERN + 1.0,
        ids=tuple(m.movement_id for m in parts),
        correction=-units,
        facts={"bundle": parts[0].other_sku},
        path=("storefront:bundle_order", "bill:missing", f"{case.mirror}:component_unmoved"),
        settles=SETTLES,
    )
