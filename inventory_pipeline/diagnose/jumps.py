"""Jumps: where a series changes, and which movements have just that size.

Used where the mirror keeps no log: size and time are all there is then, so every match is a
likelihood and none is a proof.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory_pipeline.diagnose.case import Case, Move, Point
from inventory_pipeline.diagnose.points import find_start

# A word may be on its way this long before anybody calls it lost.
SLACK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Jump:
    """A change of the gap between two hours.

    Attributes:
        low, high: the mirror's instants it happened between.
        units: by how much.
    """

    low: datetime
    high: datetime
    units: int


def find_jumps(points: Sequence[Point]) -> tuple[Jump, ...]:
    """Return the changes of the gap since the last agreement, oldest first.

    Between settled hours: in the others the gap flickers with what is on its way.
    """
    start = find_start(points)
    since = [points[start], *(p for p in points[start + 1 : -1] if p.is_settled), points[-1]]
    return tuple(
        Jump(before.at, after.at, after.delta - before.delta)
        for before, after in itertools.pairwise(since)
        if after.delta != before.delta
    )


def list_near(case: Case, jump: Jump) -> Iterator[Move]:
    """Return the movements that may have made the jump: in it, or still on their way into it."""
    low = jump.low - case.delay - SLACK
    return (move for move in case.moves or () if low < move.at <= jump.high)


def find_missed(case: Case, jump: Jump) -> list[Move]:
    """Return movements whose absence at the mirror makes just this jump."""
    return [m for m in list_near(case, jump) if m.effect and -m.effect == jump.units]


def find_doubled(case: Case, jump: Jump) -> list[Move]:
    """Return movements that, told twice, make just this jump."""
    return [m for m in list_near(case, jump) if m.effect and m.effect == jump.units]


def find_sum(case: Case, jump: Jump) -> tuple[Move, ...]:
    """Return the two movements that, both missed, make the jump; empty unless there is one pair."""
    near = [m for m in list_near(case, jump) if m.effect]
    pairs = [p for p in itertools.combinations(near, 2) if -sum(m.effect for m in p) == jump.units]
    return pairs[0] if len(pairs) == 1 else ()


def has_movement(case: Case, jump: Jump) -> bool:
    """Return whether a movement near a jump has just its size, whichever way it counts."""
    return any(m.units == abs(jump.units) for m in list_near(case, jump))
