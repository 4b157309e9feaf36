"""One number falls at the order, the other at the shipment (QTY-09)."""

from collections.abc import Iterator
from datetime import datetime

from inventory_pipeline.diagnose.case import Case, Move
from inventory_pipeline.diagnose.claim import BY_ID, BY_PATTERN, BY_SERIES, BY_SIZE, Claim
from inventory_pipeline.diagnose.kinds import ORDER
from inventory_pipeline.diagnose.matching import NEAR, Entry
from inventory_pipeline.diagnose.points import find_start
from inventory_pipeline.diagnose.scene import Scene
from inventory_pipeline.model.quantities import COMMITTED

NAME = "truth_moment"
LEAST_ORDERS = 2
SETTLES = "the same comparison for every item of the pair: it equals the open orders everywhere"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a gap that is always the units ordered and not shipped, with one sign."""
    case = scene.case
    if COMMITTED in case.rule.names or not case.points:
        return
    yield from _find_early_falls(scene)
    gaps = [p for p in case.points[find_start(case.points) :] if p.delta and p.is_settled]
    if not gaps or any(not p.committed for p in gaps):
        return
    signs = {1 if p.delta > 0 else -1 for p in gaps}
    hits = sum(abs(p.delta) == p.committed for p in gaps)
    if len(signs) != 1 or hits < 0.9 * len(gaps):
        return
    is_moving = len({p.committed for p in gaps}) > 1
    yield Claim(
        cause=NAME,
        units=case.delta,
        at=None,
        series=tuple(p.delta for p in case.points),
        strength=(BY_SERIES if is_moving else BY_SIZE) + (BY_PATTERN if case.like_orders else 0.0),
        facts={"open_orders": gaps[-1].committed or 0},
        path=(f"{case.owner}:falls_at_shipment", f"{case.mirror}:falls_at_order"),
        settles=SETTLES,
    )


def _find_early_falls(scene: Scene) -> Iterator[Claim]:
    """Claim rows that name orders which have not left: the log itself says when it falls.

    Those whose parcels have left since say so as well.
    """
    entries = [e for e in scene.find_entries("extra") if _names_order(e)]
    units = sum(e.units for e in entries)
    if entries and units == scene.case.delta and _count_early(scene.case) >= LEAST_ORDERS:
        yield Claim(
            cause=NAME,
            units=units,
            at=None,
            series=tuple(p.delta for p in scene.case.points),
            strength=BY_ID + 2.0,
            ids=tuple(name for e in entries for name in (e.names[-1], e.moves[0].movement_id)),
            facts={"open_orders": scene.case.points[-1].committed or 0},
            path=(f"{scene.case.owner}:falls_at_shipment", f"{scene.case.mirror}:falls_at_order"),
            settles=SETTLES,
        )


def _count_early(case: Case) -> int:
    """Return how many orders the mirror fell with before any of their parcels had left."""
    moves = case.moves or ()
    told: dict[str, datetime] = {}
    for row in case.log or ():
        if row.operation == "set" or row.units < 0:
            told.setdefault(row.reference_id, row.at)
    orders = [m for m in moves if m.kind == ORDER and m.movement_id in told]
    return sum(
        not any(_is_parcel_of(order, m, told[order.movement_id] + NEAR) for m in moves)
        for order in orders
    )


def _is_parcel_of(order: Move, move: Move, at: datetime) -> bool:
    is_its = not {order.movement_id, order.reference_id}.isdisjoint(move.names)
    return move.kind == "shipment" and is_its and move.at <= at


def _names_order(entry: Entry) -> bool:
    return any(m.kind == ORDER and m.units == -entry.units for m in entry.moves)
