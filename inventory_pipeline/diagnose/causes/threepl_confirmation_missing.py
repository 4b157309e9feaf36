"""A parcel left the 3PL, the owner knows, the mirror was never told."""

from collections.abc import Iterator
from dataclasses import replace

from inventory_pipeline.diagnose.case import Move
from inventory_pipeline.diagnose.claim import BY_ID, BY_RECORD, Claim
from inventory_pipeline.diagnose.jumps import SLACK, find_missed
from inventory_pipeline.diagnose.points import OpenOrders
from inventory_pipeline.diagnose.scene import Scene, claim_entry, claim_jump
from inventory_pipeline.model.quantities import COMMITTED

NAME = "threepl_confirmation_missing"
SETTLES = "the 3PL's shipment id in the mirror's log, or the parcel's status there"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a shipment of the 3PL that the mirror does not tell of."""
    for entry in scene.find_entries("missing"):
        if entry.move and _is_theirs(scene, entry.move, entry.moves):
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim,
                strength=claim.strength + 2.0,
                path=("threepl:shipment", "middleware:lost", f"{scene.case.mirror}:in_transit"),
                settles=SETTLES,
            )
    yield from _find_promise_left(scene)
    if not scene.is_blind:
        return
    for jump in scene.jumps:
        missed = find_missed(scene.case, jump)
        for move in missed:
            if _is_theirs(scene, move, scene.case.moves or ()):
                claim = claim_jump(NAME, jump, move, choices=len(missed))
                yield replace(claim, strength=claim.strength + 0.5, settles=SETTLES)


def _is_theirs(scene: Scene, move: Move, others: tuple[Move, ...]) -> bool:
    if move.kind != "shipment":
        return False
    if scene.case.rule.owner_role == "threepl" and move.is_own:
        return True
    names = set(move.names)
    return any(m.role == "threepl" and names.intersection(m.names) for m in others)


def _find_promise_left(scene: Scene) -> Iterator[Claim]:
    """Claim a parcel whose promise stands on, where the number fell at the order (DIA-10).

    The system that counts commitments was never told that the parcel left, so every channel
    is due less than it shows. Of two parcels of one size nobody knows which it is.
    """
    case, moves = scene.case, scene.case.moves or ()
    if COMMITTED not in case.rule.names or not case.points:
        return
    orders = OpenOrders(moves)
    left = tuple((p.committed or 0) - orders.count(p.at) for p in case.points)
    whole = [p.at for p, units in zip(case.points, left, strict=True) if not units]
    if not left[-1] or left[-1] != case.delta or not whole:
        return
    parcels = [m for m in moves if m.is_own and _is_theirs(scene, m, moves)]
    fit = [m for m in parcels if m.units == left[-1] and m.at > whole[-1] - SLACK]
    if fit:
        is_sure = scene.account is not None and scene.account.is_balanced
        yield Claim(
            cause=NAME,
            units=left[-1],
            at=fit[0].at,
            series=left,
            strength=BY_ID + 1.0 if is_sure else BY_RECORD,
            ids=tuple(dict.fromkeys(name for m in fit for name in (m.movement_id, m.cause_id))),
            is_proven_by_ids=is_sure and len(fit) == 1,
            correction=-left[-1],
            path=("threepl:shipment", "middleware:lost", f"{case.mirror}:still_promised"),
            settles=SETTLES,
        )
