"""What happened to one item was written to another: two gaps, opposite, in one hour."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inventory_pipeline.diagnose.case import Case, Sibling
from inventory_pipeline.diagnose.claim import BY_ID, BY_PATTERN, BY_SHAPE, BY_SIZE, Claim
from inventory_pipeline.diagnose.jumps import Jump, has_movement
from inventory_pipeline.diagnose.matching import Entry
from inventory_pipeline.diagnose.scene import Scene, add_up, claim_entry, claim_jump
from inventory_pipeline.model.hours import HOUR

NAME = "sku_mapping"
SETTLES = "the identity of both items at the mirror, and the order's lines"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a row that names another item's movement, or a jump with an opposite twin."""
    case = scene.case
    path = ("mapping:wrong_item", f"{case.mirror}:other_item")
    for other, entries in _group_by_item(scene).items():
        claims = [claim_entry(NAME, scene, entry) for entry in entries]
        yield replace(
            claims[0], units=sum(c.units for c in claims), series=add_up(case, claims),
            ids=tuple(name for c in claims for name in c.ids), strength=BY_ID + 1.0,
            correction=-sum(c.units for c in claims), facts={"other_sku": other}, path=path,
            is_proven_by_ids=False, settles=SETTLES,
        )  # fmt: skip
    for other, entries in _group_strays(scene).items():
        claims = [claim_entry(NAME, scene, entry) for entry in entries]
        yield replace(
            claims[0], units=sum(c.units for c in claims), at=None,
            series=tuple(sum(e.units for e in entries if e.at <= p.at) for p in case.points),
            ids=tuple(name for c in claims for name in c.ids), strength=BY_ID + 1.0,
            correction=-sum(c.units for c in claims), facts={"other_sku": other}, path=path,
            is_proven_by_ids=False, settles=SETTLES,
        )  # fmt: skip
    named = [p for p in case.peers if _is_named_by(case, p)]
    if named:
        yield Claim(
            cause=NAME, units=case.delta, at=None, series=tuple(p.delta for p in case.points),
            strength=BY_ID + 2.0, ids=_find_missing(scene), facts={"other_sku": named[0].sku},
            path=path, settles=SETTLES,
        )  # fmt: skip
    for peer in case.peers:
        rows = [row.change_id for row in case.log or () if row.other_sku == peer.sku]
        if rows and _is_opposite(case, peer):
            # which item they were meant for not every row has told
            yield Claim(
                cause=NAME, units=case.delta, at=None, series=tuple(p.delta for p in case.points),
                strength=BY_ID, ids=tuple(rows), facts={"other_sku": peer.sku},
                path=path, settles=SETTLES,
            )  # fmt: skip
    for jump in scene.jumps if scene.is_blind else ():
        twins = [p for p in case.peers if _is_twin(scene, jump, p)]
        strength = _weigh_twins(case, jump, twins)
        if twins and strength:
            yield replace(
                claim_jump(NAME, jump, None), strength=strength, correction=None,
                facts={"other_sku": twins[0].sku}, path=path, settles=SETTLES, ids=(twins[0].sku,),
            )  # fmt: skip


def _weigh_twins(case: Case, jump: Jump, twins: Sequence[Sibling]) -> float:
    """Return how telling opposite gaps of one hour are, 0.0 if they say nothing.

    What was sold of one item explains one of the two gaps. Where each has a movement of its own
    of that size, they met by chance.
    """
    own = has_movement(case, jump)
    fit = [p for p in twins if p.is_explained != own]
    if not fit:
        return 0.0 if own else BY_SHAPE
    return BY_PATTERN if len(fit) == 1 else BY_SIZE / len(fit)


def _find_missing(scene: Scene) -> tuple[str, ...]:
    entries = (*scene.find_entries("missing"), *(entry for entry, _ in scene.find_astray()))
    return tuple(e.move.movement_id for e in entries if e.move)


def _is_named_by(case: Case, peer: Sibling) -> bool:
    """Return whether another item's log names this one's movements, and is off by as much."""
    return case.sku in peer.named_skus and _is_opposite(case, peer)


def _is_opposite(case: Case, peer: Sibling) -> bool:
    """Return whether another item of the place is off by as much the other way."""
    is_beside = (peer.mirror, peer.location_id) == (case.mirror, case.location_id)
    return is_beside and peer.sku != case.sku and peer.delta == -case.delta


def _group_by_item(scene: Scene) -> dict[str, list[Entry]]:
    """Return other item → rows of this one's log that name movements of that item."""
    found: dict[str, list[Entry]] = {}
    unsure: list[Entry] = []
    for entry in scene.find_entries("extra", "repeated"):
        row = entry.steps[0].row
        if row.other_sku == scene.case.sku or not row.other_kinds:
            continue
        (found.setdefault(row.other_sku, []) if row.other_sku else unsure).append(entry)
    if len(found) == 1:  # an order of several items, one of which is the one
        next(iter(found.values())).extend(unsure)
    return found


def _group_strays(scene: Scene) -> dict[str, list[Entry]]:
    """Return other item → movements of this one that the mirror wrote to that item."""
    found: dict[str, list[Entry]] = {}
    for entry, stray in scene.find_astray():
        if stray.sku != scene.case.sku:
            found.setdefault(stray.sku, []).append(entry)
    return found


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
