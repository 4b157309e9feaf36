"""What happened to one item was written to another: two gaps, opposite, in one hour."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inventory_pipeline.diagnose.case import Case, Sibling
from inventory_pipeline.diagnose.claim import BY_ID, BY_PATTERN, BY_SERIES, BY_SHAPE, BY_SIZE, Claim
from inventory_pipeline.diagnose.jumps import Jump, has_movement
from inventory_pipeline.diagnose.matching import Entry
from inventory_pipeline.diagnose.scene import Scene, add_up, claim_entry, claim_jump
from inventory_pipeline.model.hours import HOUR

NAME = "sku_mapping"
SETTLES = "the identity of both items at the mirror, and the order's lines"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim rows and movements that bear another item's name, or a jump with an opposite twin."""
    yield from _find_by_name(scene)
    yield from _find_by_peer(scene)
    if scene.is_blind and len(scene.jumps) > 1:
        yield from _find_by_steps(scene)
    for jump in scene.jumps if scene.is_blind else ():
        twins = [p for p in scene.case.peers if _is_twin(scene, jump, p)]
        strength = _weigh_twins(scene.case, jump, twins)
        if twins and strength:
            yield replace(
                claim_jump(NAME, jump, None), strength=strength, correction=None,
                facts={"other_sku": twins[0].sku}, path=_trace(scene.case), settles=SETTLES,
                ids=(twins[0].sku,),
            )  # fmt: skip


def _find_by_name(scene: Scene) -> Iterator[Claim]:
    """Claim rows here that name another item's movement, and movements told there."""
    case, points = scene.case, scene.case.points
    for other, entries in _group_by_item(scene).items():
        claims = [claim_entry(NAME, scene, entry) for entry in entries]
        yield replace(_claim_all(case, other, claims), series=add_up(case, claims))
    for other, entries in _group_strays(scene).items():
        claims = [claim_entry(NAME, scene, entry) for entry in entries]
        series = tuple(sum(e.units for e in entries if e.at <= p.at) for p in points)
        yield replace(_claim_all(case, other, claims), at=None, series=series)


def _find_by_steps(scene: Scene) -> Iterator[Claim]:
    """Claim a gap of several steps that just one other item took the other way."""
    case, last = scene.case, scene.jumps[-1]
    fit = [p for p in case.peers if _is_opposite(case, p) and _is_twin(scene, last, p)]
    if len(fit) == 1:
        yield Claim(
            cause=NAME, units=case.delta, at=None, series=tuple(p.delta for p in case.points),
            strength=BY_SERIES, ids=(fit[0].sku,), facts={"other_sku": fit[0].sku},
            path=_trace(case), settles=SETTLES,
        )  # fmt: skip


def _claim_all(case: Case, other: str, claims: Sequence[Claim]) -> Claim:
    units = sum(claim.units for claim in claims)
    ids = tuple(name for claim in claims for name in claim.ids)
    return replace(
        claims[0], units=units, ids=ids, strength=BY_ID + 1.0, correction=-units,
        facts={"other_sku": other}, path=_trace(case), is_proven_by_ids=False, settles=SETTLES,
    )  # fmt: skip


def _find_by_peer(scene: Scene) -> Iterator[Claim]:
    """Claim the whole gap where another item has it the other way, and a log names one of both."""
    case = scene.case
    whole = Claim(
        cause=NAME, units=case.delta, at=None, series=tuple(p.delta for p in case.points),
        strength=BY_ID, path=_trace(case), settles=SETTLES,
    )  # fmt: skip
    peers = [p for p in case.peers if _is_opposite(case, p)]
    for peer in [p for p in peers if case.sku in p.named_skus][:1]:
        yield replace(
            whole, strength=BY_ID + 2.0, ids=_find_missing(scene), facts={"other_sku": peer.sku}
        )
    for peer in peers:
        # which item they were meant for not every row has told
        rows = [row.change_id for row in case.log or () if row.other_sku == peer.sku]
        if rows:
            yield replace(whole, ids=tuple(rows), facts={"other_sku": peer.sku})


def _trace(case: Case) -> tuple[str, ...]:
    return ("mapping:wrong_item", f"{case.mirror}:other_item")


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
