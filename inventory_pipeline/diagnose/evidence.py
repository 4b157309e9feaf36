"""Evidence: frames of the store made into cases, one for each open gap."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import polars as pl

from inventory_pipeline.config.systems import Sync
from inventory_pipeline.config.timing import compute_delay
from inventory_pipeline.diagnose.account import YOUNG
from inventory_pipeline.diagnose.case import (
    Case,
    Change,
    LogRow,
    Message,
    Move,
    Point,
    Rule,
    Sibling,
)
from inventory_pipeline.diagnose.effects import choose_effects
from inventory_pipeline.diagnose.jumps import find_jumps
from inventory_pipeline.diagnose.scene import INFERRED
from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.model.quantities import COMMITTED

Key = tuple[str, str, int]


@dataclass(frozen=True)
class Evidence:
    """The frames of one hour's diagnosis; grains as in the SQL files of this room."""

    cases: pl.DataFrame
    series: pl.DataFrame
    moves: pl.DataFrame
    incoming: pl.DataFrame
    log: pl.DataFrame
    messages: pl.DataFrame
    changes: pl.DataFrame
    feeds: pl.DataFrame
    silences: pl.DataFrame
    crowds: pl.DataFrame
    additions: pl.DataFrame
    namesakes: pl.DataFrame


PUSHED = Sync()


@dataclass(frozen=True)
class Standing:
    """What the configuration says of one mirror and its owner, for one item.

    Attributes:
        path_delay: how long the path from owner to mirror normally takes.
    """

    rule: Rule
    orders_owner: str = ""
    sync: Sync = PUSHED
    path_delay: timedelta = timedelta()


UNRULED = Standing(Rule((), "shipment"))


def build_cases(evidence: Evidence, standings: Mapping[Key, Standing]) -> list[Case]:
    """Return a case for every finding, in the order of the frame.

    Args:
        standings: (mirror, fact, key_id) → its rule.
    """
    series = _group(evidence.series, ("mirror", "fact", "key_id"))
    moves = _group(pl.concat([evidence.moves, evidence.incoming]), ("key_id",))
    logs = _group(evidence.log, ("mirror", "fact", "key_id"))
    messages = _group(evidence.messages, ("key_id",))
    namesakes = _find_namesakes(evidence.namesakes)
    heard = {
        (r["system"], r["feed"]) for r in evidence.feeds.iter_rows(named=True) if r["heard_hours"]
    }
    shared = _Shared(
        changes=_build_changes(evidence.changes) if _has(heard, "changes") else None,
        crowds=_group(evidence.crowds, ("mirror",)),
        additions=dict(evidence.additions.select("mirror", "addition_count").iter_rows()),
        heard=heard,
        silences=_group(evidence.silences, ("system", "feed")),
    )
    cases = []
    for row in evidence.cases.iter_rows(named=True):
        key = (row["mirror"], row["fact"], row["key_id"])
        cases.append(
            _build_case(
                row,
                standings.get(key, UNRULED),
                series.get(key, []),
                moves.get((row["key_id"],), []),
                logs.get(key, []),
                messages.get((row["key_id"],), []),
                namesakes,
                shared,
            )
        )
    return _add_peers(cases)


@dataclass(frozen=True)
class _Shared:
    changes: tuple[Change, ...] | None
    crowds: Mapping[tuple[Any, ...], list[dict[str, Any]]]
    additions: Mapping[str, int]
    heard: set[tuple[str, str]]
    silences: Mapping[tuple[Any, ...], list[dict[str, Any]]]

    def find_silent(self, mirror: str, owner: str) -> tuple[datetime, ...]:
        """Return the hours in which the mirror's log or the owner's movements lack something."""
        lacking = [
            *self.silences.get((mirror, "levels"), ()),
            *self.silences.get((owner, "movements"), ()),
        ]
        return tuple(sorted({row["hour_at"] for row in lacking}))


def _group(frame: pl.DataFrame, by: tuple[str, ...]) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    grouped: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        grouped[tuple(row[name] for name in by)].append(row)
    return grouped


def _has(heard: set[tuple[str, str]], feed: str) -> bool:
    return any(name == feed for _, name in heard)


def _find_namesakes(frame: pl.DataFrame) -> dict[tuple[str, int], dict[str, list[str]]]:
    """Return (reference, key) → kind → other items that the reference belongs to."""
    found: dict[tuple[str, int], dict[str, list[str]]] = {}
    for row in frame.iter_rows(named=True):
        kinds = found.setdefault((row["reference_id"], row["key_id"]), defaultdict(list))
        kinds[row["kind"]].append(row["other_sku"])
    return found


def _build_point(row: Mapping[str, Any], rule: Rule, moves: Sequence[Move]) -> Point:
    committed = row["committed_units"]
    if committed is None and moves:
        committed = count_open_units(moves, row["mirror_at"])
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


def _build_changes(frame: pl.DataFrame) -> tuple[Change, ...]:
    return tuple(
        Change(
            r["changed_at"], r["system"], r["kind"], r["subject"], r["before"], r["after"],
            r["actor"],
        )
        for r in frame.iter_rows(named=True)
    )  # fmt: skip


def _build_case(
    row: Mapping[str, Any],
    standing: Standing,
    series: list[dict[str, Any]],
    moves: list[dict[str, Any]],
    log: list[dict[str, Any]],
    messages: list[dict[str, Any]],
    namesakes: Mapping[tuple[str, int], Mapping[str, list[str]]],
    shared: _Shared,
) -> Case:
    mirror, owner = row["mirror"], row["owner"]
    rule = standing.rule
    told = choose_effects(moves, rule, owner=owner, orders_owner=standing.orders_owner)
    tells_orders = any(m.kind == "order_placed" for m in told)
    points = [_build_point(r, rule, told if tells_orders else ()) for r in series]
    told = [_name_bundle(m, namesakes, row["key_id"]) for m in size_counts(told, points)]
    points = mark_moving(points, told, standing.path_delay)
    if not told and points and not _tells_moves(shared.heard, owner):
        told = infer_moves(points, owner)
    minutes = shared.crowds.get((mirror,), [])
    return Case(
        finding_id=row["finding_id"],
        kind=row["kind"],
        finding_class=row["class"],
        subject=row["subject"],
        sku=row["sku"],
        location_id=row["location_id"],
        fact=row["fact"],
        mirror=mirror,
        owner=owner,
        rule=rule,
        points=tuple(points),
        delay=_find_delay(standing, points),
        moves=tuple(told),
        log=_build_log(log, namesakes) if (mirror, "levels") in shared.heard else None,
        messages=_build_messages(messages) if _has(shared.heard, "events") else None,
        changes=shared.changes,
        crowd={r["minute_at"]: r["key_count"] for r in minutes},
        silent_at=shared.find_silent(mirror, owner),
        additions_heard=shared.additions.get(mirror, 0),
    )


def _find_delay(standing: Standing, points: list[Point]) -> timedelta:
    if not points:
        return standing.path_delay
    return compute_delay(standing.sync, mirror_at=points[-1].at, path_delay=standing.path_delay)


def _tells_moves(heard: set[tuple[str, str]], owner: str) -> bool:
    return (owner, "movements") in heard


def _name_bundle(
    move: Move, namesakes: Mapping[tuple[str, int], Mapping[str, list[str]]], key_id: int
) -> Move:
    """Write down the one other item that a movement's order names, if this one is not on it."""
    for name in (move.reference_id, move.cause_id):
        ordered = namesakes.get((name, key_id), {}).get("order_placed", [])
        if len(ordered) == 1 and move.kind == "shipment":
            return replace(move, other_sku=ordered[0])
    return move


def _build_log(
    rows: Iterable[Mapping[str, Any]],
    namesakes: Mapping[tuple[str, int], Mapping[str, list[str]]],
) -> tuple[LogRow, ...]:
    return tuple(
        LogRow(
            change_id=r["change_id"],
            operation=r["operation"],
            units=r["units"],
            at=r["changed_at"],
            reference_id=r["reference_id"] or "",
            actor=r["actor"] or "",
            source_at=r["source_at"],
            sequence=r["sequence"],
            other_sku=_find_other(namesakes.get((r["reference_id"] or "", r["key_id"]), {})),
        )
        for r in rows
    )


def _find_other(kinds: Mapping[str, list[str]]) -> str:
    others = sorted({sku for skus in kinds.values() for sku in skus})
    return others[0] if len(others) == 1 else ""


def _build_messages(rows: Iterable[Mapping[str, Any]]) -> tuple[Message, ...]:
    return tuple(
        Message(
            event_id=r["event_id"],
            path=r["path"],
            operation=r["operation"],
            units=r["units"],
            emitted_at=r["emitted_at"],
            processed_at=r["processed_at"],
            attempt=r["attempt"],
            status=r["status"],
            reference_id=r["reference_id"] or "",
            idempotency_key=r["idempotency_key"] or "",
            sequence=r["sequence"],
        )
        for r in rows
    )


def size_counts(moves: list[Move], points: list[Point]) -> list[Move]:
    """Give every count the effect that the owner's own number shows.

    A count names a level. What it changed is what the owner's number moved in that hour
    beyond the other movements; two counts in one hour share it in no known way, so the last
    of them gets it.
    """
    counts = {m.movement_id: m for m in moves if m.kind == "count" and m.is_own}
    if not counts:
        return moves
    sized: dict[str, int] = {}
    for before, after in pairwise(points):
        inside = [m for m in moves if m.is_own and before.owner_at < m.at <= after.owner_at]
        names = [m.movement_id for m in inside if m.movement_id in counts]
        if names:
            rest = after.owner - before.owner - sum(m.owner_effect for m in inside)
            sized[names[-1]] = rest
    return [
        replace(m, effect=sized[m.movement_id], owner_effect=sized[m.movement_id])
        if m.movement_id in sized
        else m
        for m in moves
    ]


def mark_moving(points: list[Point], moves: list[Move], path_delay: timedelta) -> list[Point]:
    """Mark points whose mirror may not show the newest movement before them yet."""
    delay = max(path_delay, YOUNG)
    moved = [m.at for m in moves if m.effect]
    return [
        replace(p, is_moving=True)
        if bisect_right(moved, p.at) > bisect_right(moved, p.at - delay)
        else p
        for p in points
    ]


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
                    owner_effect=change,
                    at=after.at,
                    told_at=after.hour_at,
                    is_own=True,
                )
            )
    return found


def _add_peers(cases: list[Case]) -> list[Case]:
    """Let every gap see the gaps that share its item, or the hour its own last changed."""
    siblings = [_describe(case) for case in cases]
    by_item: dict[tuple[str, str], list[int]] = defaultdict(list)
    by_hour: dict[tuple[str, datetime | None], list[int]] = defaultdict(list)
    for place, sibling in enumerate(siblings):
        if cases[place].kind != "gap":
            continue
        by_item[sibling.sku, sibling.mirror].append(place)
        by_hour[sibling.mirror, sibling.jump_at].append(place)
    orders = Counter(case.mirror for case in cases if is_open_orders(case))
    gaps = Counter(case.mirror for case in cases if case.kind == "gap")
    return [
        replace(
            case,
            peers=tuple(_find_peers(place, siblings, by_item, by_hour)),
            like_orders=orders[case.mirror] - is_open_orders(case),
            gaps_here=max(0, gaps[case.mirror] - 1),
        )
        for place, case in enumerate(cases)
    ]


def is_open_orders(case: Case) -> bool:
    """Return whether a gap is as large as the open orders of its own item."""
    return bool(case.points) and bool(case.delta) and abs(case.delta) == case.points[-1].committed


def is_own_safety(case: Case) -> bool:
    """Return whether a gap is as large as the safety stock of its own item."""
    return bool(case.delta) and abs(case.delta) == case.rule.safety


# Beyond these nobody learns more from one more sibling.
MOST_PEERS = 60


def _find_peers(
    place: int,
    siblings: list[Sibling],
    by_item: Mapping[tuple[str, str], list[int]],
    by_hour: Mapping[tuple[str, datetime | None], list[int]],
) -> Iterator[Sibling]:
    me = siblings[place]
    near = dict.fromkeys(by_item[me.sku, me.mirror])
    for hours in (-1, 0, 1) if me.jump_at else ():
        jump_at = me.jump_at + hours * HOUR if me.jump_at else None
        near |= dict.fromkeys(by_hour.get((me.mirror, jump_at), [])[:MOST_PEERS])
    yield from (siblings[other] for other in near if other != place)


def _describe(case: Case) -> Sibling:
    jumps = find_jumps(case.points) if case.points else ()
    newest = jumps[-1] if jumps else None
    return Sibling(
        sku=case.sku,
        location_id=case.location_id,
        mirror=case.mirror,
        fact=case.fact,
        delta=case.delta,
        jump_at=newest.high if newest else None,
        jump_units=newest.units if newest else 0,
        is_own_safety=is_own_safety(case),
        named_skus=tuple(sorted({row.other_sku for row in case.log or () if row.other_sku})),
    )


def count_open_units(moves: Sequence[Move], moment: datetime) -> int:
    """Return the units ordered and not shipped at a moment, order by order, never below zero."""
    open_units: dict[str, int] = defaultdict(int)
    named: dict[str, str] = {}
    for move in moves:
        if move.kind == "order_placed" and move.is_own:
            named |= dict.fromkeys(move.names, move.movement_id)
    for move in moves:
        if move.at > moment or not move.is_own:
            continue
        order = next((named[name] for name in move.names if name in named), "")
        if order and move.kind == "order_placed":
            open_units[order] += move.units
        elif order and move.kind in {"order_cancelled", "shipment"}:
            open_units[order] -= move.units
    return sum(units for units in open_units.values() if units > 0)
