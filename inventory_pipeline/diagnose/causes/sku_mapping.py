"""What happened to one item was written to another: two gaps, opposite, in one hour."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.claim import BY_ID, BY_PATTERN, Claim
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump

NAME = "sku_mapping"
SETTLES = "the identity of both items at the mirror, and the order's lines"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a row that names another item's movement, or a jump with an opposite twin."""
    case = scene.case
    path = ("mapping:wrong_item", f"{case.mirror}:other_item")
    for entry in scene.find_entries("extra", "repeated"):
        named = [s.row.other_sku for s in entry.steps if s.row.other_sku not in {"", case.sku}]
        if named:
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim, strength=BY_ID + 1.0, facts={"other_sku": named[0]}, path=path,
                is_proven_by_ids=False, settles=SETTLES,
            )  # fmt: skip
    for jump in scene.jumps:
        twins = [
            p
            for p in case.peers
            if p.sku != case.sku
            and p.mirror == case.mirror
            and p.location_id == case.location_id
            and p.jump_at == jump.high
            and p.jump_units == -jump.units
        ]
        if twins:
            claim = claim_jump(NAME, jump, None)
            strength = BY_PATTERN + (3.0 if len(twins) == 1 else 0.0)
            if not scene.is_blind:
                strength += 2.0
            yield replace(
                claim, strength=strength, correction=None, facts={"other_sku": twins[0].sku},
                path=path, settles=SETTLES, ids=(twins[0].sku,),
            )  # fmt: skip
