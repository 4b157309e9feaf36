"""What happened to one item was written to another: two gaps, opposite, in one hour."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Sibling
from inventory_pipeline.diagnose.claim import BY_ID, BY_PATTERN, Claim
from inventory_pipeline.diagnose.jumps import Jump
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump
from inventory_pipeline.model.hours import HOUR

NAME = "sku_mapping"
SETTLES = "the identity of both items at the mirror, and the order's lines"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a row that names another item's movement, or a jump with an opposite twin."""
    case = scene.case
    path = ("mapping:wrong_item", f"{case.mirror}:other_item")
    for entry in scene.find_entries("extra", "repeated"):
        others = [s.row.other_sku for s in entry.steps if s.row.other_sku not in {"", case.sku}]
        if others:
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim, strength=BY_ID + 1.0, facts={"other_sku": others[0]}, path=path,
                is_proven_by_ids=False, settles=SETTLES,
            )  # fmt: skip
    for jump in scene.jumps:
        twins = [p for p in case.peers if _is_twin(scene, jump, p)]
        named = [p for p in twins if case.sku in p.named_skus]
        if not twins or (not scene.is_blind and not named):
            continue
        twin = (named or twins)[0]
        claim = claim_jump(NAME, jump, None)
        strength = BY_PATTERN + (3.0 if len(twins) == 1 else 0.0)
        yield replace(
            claim, strength=BY_ID + 2.0 if named else strength, correction=None,
            facts={"other_sku": twin.sku}, path=path, settles=SETTLES, ids=(twin.sku,),
        )  # fmt: skip


def _is_twin(scene: Scene, jump: Jump, peer: Sibling) -> bool:
    """Return whether another item of the mirror jumped the other way at about that time."""
    case = scene.case
    return (
        peer.sku != case.sku
        and peer.mirror == case.mirror
        and peer.location_id == case.location_id
        and peer.jump_at is not None
        and jump.low < peer.jump_at <= jump.high + HOUR
        and peer.jump_units == -jump.units
    )
