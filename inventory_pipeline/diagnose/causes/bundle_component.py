"""A bundle was sold, its parts left the shelf, and the mirror counted the bundle alone."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import BY_PATTERN, Claim
from inventory_pipeline.diagnose.scene import Scene, claim_entry

NAME = "bundle_component"
SETTLES = "the bundle's bill of parts at the mirror"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim movements of an item whose order names another one."""
    case = scene.case
    parts = [
        m for m in case.moves or () if m.effect < 0 and m.other_sku and m.other_sku != case.sku
    ]
    if not parts or not case.points:
        return
    missing = [e for e in scene.find_entries("missing") if e.move in parts]
    for entry in missing:
        claim = claim_entry(NAME, scene, entry)
        yield replace(
            claim,
            strength=claim.strength + BY_PATTERN,
            is_proven_by_ids=False,
            facts={"bundle": entry.move.other_sku if entry.move else ""},
            path=("storefront:bundle_order", "bill:missing", f"{case.mirror}:component_unmoved"),
            settles=SETTLES,
        )
    if scene.is_blind and -sum(m.effect for m in parts) == case.delta:
        yield Claim(
            cause=NAME,
            units=case.delta,
            at=None,
            series=tuple(p.delta for p in case.points),
            strength=BY_PATTERN + 1.0,
            ids=tuple(m.movement_id for m in parts),
            correction=-case.delta,
            facts={"bundle": parts[0].other_sku},
            settles=SETTLES,
        )
