"""Evidence: frames of the store made into cases, one for each open gap."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.config.systems import Sync
from inventory_pipeline.config.timing import compute_delay
from inventory_pipeline.diagnose.case import (
    Case,
    Change,
    Move,
    Point,
    Rule,
    Stray,
)
from inventory_pipeline.diagnose.effects import choose_effects
from inventory_pipeline.diagnose.peers import add_peers
from inventory_pipeline.diagnose.points import OpenOrders, build_point, mark_moving
from inventory_pipeline.diagnose.records import (
    build_changes,
    build_log,
    build_messages,
    find_pending,
    find_sent,
    find_waits,
    list_arrived,
    list_corrections,
    name_ours,
)
from inventory_pipeline.diagnose.sizing import infer_moves, size_counts

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
    strays: pl.DataFrame
    ours: pl.DataFrame
    closed: pl.DataFrame


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
    receipts = _group(evidence.ours, ("mirror", "fact", "key_id"))
    heard = {
        (r["system"], r["feed"]) for r in evidence.feeds.iter_rows(named=True) if r["heard_hours"]
    }
    shared = _Shared(
        changes=build_changes(evidence.changes) if _has(heard, "changes") else None,
        crowds=_group(evidence.crowds, ("mirror",)),
        additions={r["mirror"]: r for r in evidence.additions.iter_rows(named=True)},
        heard=heard,
        silences=_group(evidence.silences, ("system", "feed")),
        strays=_group(evidence.strays, ("mirror", "key_id")),
        namesakes=_find_namesakes(evidence.namesakes),
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
                name_ours(logs.get(key, []), receipts.get(key, [])),
                messages.get((row["key_id"],), []),
                receipts.get(key, []),
                shared,
            )
        )
    return add_peers(cases)


@dataclass(frozen=True)
class _Shared:
    changes: tuple[Change, ...] | None
    crowds: Mapping[tuple[Any, ...], list[dict[str, Any]]]
    additions: Mapping[str, Mapping[str, Any]]
    heard: set[tuple[str, str]]
    silences: Mapping[tuple[Any, ...], list[dict[str, Any]]]
    strays: Mapping[tuple[Any, ...], list[dict[str, Any]]]
    namesakes: Mapping[tuple[str, int], Mapping[str, list[str]]]

    def find_silent(self, mirror: str, owner: str) -> tuple[datetime, ...]:
        """Return the hours in which the mirror's log or the owner's movements lack something."""
        lacking = [
            *self.silences.get((mirror, "levels"), ()),
            *self.silences.get((owner, "movements"), ()),
        ]
        return tuple(sorted({row["hour_at"] for row in lacking}))

    def find_strays(self, mirror: str, key_id: int) -> tuple[Stray, ...]:
        """Return what the mirror's log tells of another key."""
        rows = self.strays.get((mirror, key_id), ())
        return tuple(Stray(r["movement_id"], r["sku"], r["location_id"]) for r in rows)


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


def _build_case(
    row: Mapping[str, Any],
    standing: Standing,
    series: list[dict[str, Any]],
    moves: list[dict[str, Any]],
    log: list[Mapping[str, Any]],
    messages: list[dict[str, Any]],
    receipts: list[dict[str, Any]],
    shared: _Shared,
) -> Case:
    mirror, owner = row["mirror"], row["owner"]
    rule = standing.rule
    told = choose_effects(moves, rule, owner=owner, orders_owner=standing.orders_owner)
    tells_orders = any(m.kind == "order_placed" for m in told)
    orders = OpenOrders(told) if tells_orders else None
    points = [build_point(r, rule, orders) for r in series]
    told = [_name_bundle(m, shared.namesakes, row["key_id"]) for m in size_counts(told, points)]
    ours = [*list_corrections(messages), *list_arrived(receipts, _find_reading(points))]
    points = mark_moving(points, told, standing.path_delay, find_waits(ours))
    if not told and points and not _tells_moves(shared.heard, owner):
        told = infer_moves(points, owner)
    heard = shared.additions.get(mirror, {})
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
        told_units=row["delta_units"] or 0,
        delay=_find_delay(standing, points),
        moves=tuple(told),
        log=build_log(log, shared.namesakes) if (mirror, "levels") in shared.heard else None,
        messages=build_messages(messages) if _has(shared.heard, "events") else None,
        changes=shared.changes,
        strays=shared.find_strays(mirror, row["key_id"]),
        receipts=find_pending(ours, _find_reading(points)),
        sent=find_sent(ours, _find_reading(points)),
        crowd={r["minute_at"]: r["key_count"] for r in shared.crowds.get((mirror,), ())},
        silent_at=shared.find_silent(mirror, owner),
        has_ids=bool(heard.get("named_count")),
        additions_heard=heard.get("addition_count", 0),
        addition_heard_at=heard.get("addition_heard_at"),
        heard_until=heard.get("heard_until"),
    )


def _find_reading(points: list[Point]) -> datetime | None:
    return points[-1].at if points else None


def _find_delay(standing: Standing, points: list[Point]) -> timedelta:
    if not points:
        return standing.path_delay
    return compute_delay(standing.sync, mirror_at=points[-1].at, path_delay=standing.path_delay)


def _tells_moves(heard: set[tuple[str, str]], owner: str) -> bool:
    return (owner, "movements") in heard


def _name_bundle(
    move: Move, namesakes: Mapping[tuple[str, int], Mapping[str, list[str]]], key_id: int
) -> Move:
    """Write down the one other item that a movement's order names, if this one is not on it.

    A shipment names its order; an order line of a part names the line of the set.
    """
    names = {"shipment": (move.reference_id, move.cause_id), "order_placed": (move.cause_id,)}
    for name in names.get(move.kind, ()):
        ordered = namesakes.get((name, key_id), {}).get("order_placed", [])
        if len(ordered) == 1:
            return replace(move, other_sku=ordered[0])
    return move
