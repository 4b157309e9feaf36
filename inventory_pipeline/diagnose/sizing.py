"""Sizing: how large movements are that only a level tells of. Pure."""

from dataclasses import replace
from itertools import pairwise

from inventory_pipeline.diagnose.case import Move, Point
from inventory_pipeline.diagnose.scene import INFERRED


def size_counts(moves: list[Move], points: list[Point]) -> list[Move]:
    """Give every count the effect that the owner's own number shows.

    A count names a level: what it changed is that level less what stood there. Where the
    owner's number does not end where its counts and other movements put it, a count that found
    what stood there changed nothing; else (one bin was counted, say) the last count of the
    hour gets what the owner's number moved beyond the other movements.
    """
    sized: dict[str, int] = {}
    for before, after in pairwise(points):
        inside = [m for m in moves if m.is_own and before.owner_at < m.at <= after.owner_at]
        if any(m.kind == "count" for m in inside):
            sized |= _size_hour(before.owner, after.owner, inside)
    return [
        replace(m, effect=sized[m.movement_id], owner_effect=sized[m.movement_id])
        if m.movement_id in sized
        else m
        for m in moves
    ]


def _size_hour(before: int, after: int, inside: list[Move]) -> dict[str, int]:
    level, sized = before, {}
    booked = {name for m in inside if m.kind == "adjustment" for name in m.names}
    for move in inside:
        if move.kind == "count" and booked.intersection(move.names):
            sized[move.movement_id] = 0  # what it changed is a movement of its own
        elif move.kind == "count":
            sized[move.movement_id] = move.units - level
            level = move.units
        else:
            level += move.owner_effect
    if level == after or not any(sized.values()):
        return sized
    others = sum(m.owner_effect for m in inside if m.kind != "count")
    return dict.fromkeys(sized, 0) | {list(sized)[-1]: after - before - others}


def infer_moves(points: list[Point], owner: str) -> list[Move]:
    """Return what must have moved, hour by hour, where nobody tells of movements."""
    found = []
    for before, after in pairwise(points):
        change = after.expected - before.expected
        if change:
            found.append(
                Move(
                    movement_id=f"inferred-{after.hour_at:%Y%m%dT%H}",
                    system=owner,
                    kind=INFERRED,
                    units=abs(change),
                    effect=change,
                    owner_effect=after.owner - before.owner,
                    at=after.at,
                    told_at=after.hour_at,
                    is_own=True,
                )
            )
    return found
