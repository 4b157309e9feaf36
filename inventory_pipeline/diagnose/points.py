"""Points: the hours of a series, which of them are settled, and where the gap begins."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from inventory_pipeline.diagnose.case import Move, Point, Rule
from inventory_pipeline.model.quantities import COMMITTED

# What opens units of an order, and what closes them.
OPENING = {"order_placed": 1, "order_cancelled": -1, "shipment": -1}
YOUNG = timedelta(minutes=15)
# Two systems' clocks differ by less than this.
CLOCKS = timedelta(minutes=5)
# Readings of one hour are never further apart.
ONE_MOMENT = timedelta(hours=1)


def find_start(points: Sequence[Point]) -> int:
    """Return the place of the last point without a gap; 0 if there is none.

    One with nothing on its way is surer: what seemed to be on its way may be what was lost. One
    between two equal gaps, of a mirror that stood still, is no agreement: the sides were read a
    moment apart.
    """
    unsure = None
    for place in reversed(range(len(points))):
        if points[place].delta or _is_between_equals(points, place):
            continue
        if points[place].is_settled:
            return place
        unsure = place if unsure is None else unsure
    return unsure or 0


def _is_between_equals(points: Sequence[Point], place: int) -> bool:
    if not 0 < place < len(points) - 1:
        return False
    before, point, after = points[place - 1 : place + 2]
    return before.delta == after.delta != 0 and (
        before.observed == point.observed == after.observed
    )


def find_settled_gap(points: Sequence[Point]) -> int:
    """Return the gap of the newest settled hour since the agreement, else of the newest one.

    While something is on its way an hour explains as much of a gap by it as it can, and that
    may be too much.
    """
    settled = [p for p in points[find_start(points) + 1 :] if p.is_settled]
    return (settled or points)[-1].delta


class OpenOrders:
    """Units ordered and not shipped, order by order, at any instant; eaches, never below zero.

    Walked once, and then looked up hour by hour.
    """

    def __init__(self, moves: Sequence[Move]) -> None:
        named: dict[str, str] = {}
        for move in moves:
            if move.kind == "order_placed" and move.is_own:
                named |= dict.fromkeys(move.names, move.movement_id)
        open_units: dict[str, int] = defaultdict(int)
        self._moments: list[datetime] = []
        self._totals = [0]
        for move in sorted(
            (m for m in moves if m.is_own and m.kind in OPENING), key=lambda m: m.at
        ):
            order = next((named[name] for name in move.names if name in named), "")
            if order:
                before = max(open_units[order], 0)
                open_units[order] += OPENING[move.kind] * move.units
                self._moments.append(move.at)
                self._totals.append(self._totals[-1] + max(open_units[order], 0) - before)

    def count(self, moment: datetime) -> int:
        """Return the units open at an instant."""
        return self._totals[bisect_right(self._moments, moment)]


def build_point(row: Mapping[str, Any], rule: Rule, orders: OpenOrders | None) -> Point:
    """Return one hour; commitments that no system counts are taken from the open orders."""
    committed = row["committed_units"]
    if committed is None and orders is not None:
        committed = orders.count(row["mirror_at"])
    promised = committed or 0 if COMMITTED in rule.names else 0
    free = row["owner_units"] - promised - (rule.safety if rule.takes_safety else 0)
    return Point(
        hour_at=row["hour_at"],
        at=row["mirror_at"],
        owner_at=row["owner_at"],
        owner=row["owner_units"],
        expected=row["observed_units"] - row["delta_units"],
        observed=row["observed_units"],
        pending=row["in_flight_units"] + row["lag_units"],
        delta=row["delta_units"],
        committed=committed,
        held_back=max(0, -free) if rule.is_clamped else 0,
    )


def mark_moving(
    points: list[Point],
    moves: list[Move],
    path_delay: timedelta,
    waits: Sequence[tuple[datetime, datetime | None]] = (),
) -> list[Point]:
    """Mark points that something moved into.

    The mirror may not show the newest movement before it yet, or the owner moved between the
    two readings, which promises may tell of and the owner's number does not. Sides that agree
    while a correction is on its way will not when it arrives.

    Args:
        waits: when each correction of ours left, and when it arrived, if it did.
    """
    delay = max(path_delay, YOUNG)
    moved = [m.at for m in moves if m.effect]
    owned = [m.at for m in moves if m.owner_effect]
    return [
        replace(p, is_moving=True)
        if _has_between(moved, p.at - delay, p.at)
        or _has_between(owned, *_find_readings(p))
        or (p.delta == 0 and any(_is_within(p.at, *wait) for wait in waits))
        else p
        for p in points
    ]


def _is_within(moment: datetime, start: datetime, end: datetime | None) -> bool:
    return start <= moment and (end is None or moment < end)


def _find_readings(point: Point) -> tuple[datetime, datetime]:
    """Return the instants of two readings of one moment; a batch is of another altogether."""
    low, high = sorted((point.owner_at, point.at))
    return (low, high) if high - low <= ONE_MOMENT else (high, high)


def _has_between(moments: Sequence[datetime], low: datetime, high: datetime) -> bool:
    return bisect_right(moments, high) > bisect_right(moments, low)
