"""The account: the mirror's own log beside the owner's movements, entry by entry.

Both ledgers start where mirror and owner last agreed. What the log tells and no movement
asked for, and what a movement asked for and no log tells, are entries; together they are the
gap, to the unit. Whether anything can be proven stands in two rests: what the mirror's number
changed beyond its own log, and what the owner's number changed beyond its own movements.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from inventory_pipeline.diagnose.case import Case, LogRow, Move, Point
from inventory_pipeline.model.hours import HOUR

EntryKind = Literal["missing", "repeated", "sized", "extra"]
# A row that names nothing may still be the echo of a movement this near to it.
NEAR = timedelta(hours=1)
LATE = timedelta(hours=48)
# A movement this fresh is nowhere missing yet, whatever delay is declared.
YOUNG = timedelta(minutes=15)
# Hours before the agreement that tell which rows its number already holds.
RUN_UP = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the log and what it did to the mirror's number."""

    row: LogRow
    units: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One difference between the two ledgers.

    Attributes:
        kind: missing: a movement the log never tells; repeated: the log tells it once more
            than it happened; sized: told with another size; extra: nothing asked for it.
        units: what it adds to the gap.
        moves: the business transaction it belongs to, every movement of it.
        move: the movement itself, if there is one.
        is_by_id: the two ledgers name each other; otherwise size and time matched them.
    """

    kind: EntryKind
    units: int
    at: datetime
    moves: tuple[Move, ...]
    move: Move | None
    steps: tuple[Step, ...]
    is_by_id: bool


@dataclass(frozen=True)
class Account:
    """What the two ledgers leave over since the last agreement.

    Attributes:
        start: the point of the last agreement, or the first point known.
        mirror_rest: units the mirror's number changed that its log does not tell.
        owner_rest: units the owner's number changed that its movements do not tell.
        has_ids: the log names movements at all.
    """

    start: Point
    entries: tuple[Entry, ...]
    mirror_rest: int
    owner_rest: int
    has_ids: bool

    @property
    def is_balanced(self) -> bool:
        return self.mirror_rest == 0 and self.owner_rest == 0


def find_start(points: Sequence[Point]) -> int:
    """Return the place of the last point without a gap; 0 if there is none.

    One with nothing on its way is surer: what seemed to be on its way may be what was lost.
    """
    agreed = [place for place, point in enumerate(points) if point.delta == 0]
    still = [place for place in agreed if points[place].is_settled]
    return (still or agreed or [0])[-1]


def find_settled_gap(points: Sequence[Point]) -> int:
    """Return the gap of the newest settled hour since the agreement, else of the newest one.

    While something is on its way an hour explains as much of a gap by it as it can, and that
    may be too much.
    """
    settled = [p for p in points[find_start(points) + 1 :] if p.is_settled]
    return (settled or points)[-1].delta


def compute_owner_rest(case: Case, start: Point) -> int | None:
    """Return what the owner's number changed beyond its own movements; None: it tells none.

    A count sets the level: what it changed is not a rest.
    """
    if case.moves is None:
        return None
    end = case.points[-1]
    told = [m for m in case.moves if m.is_own and start.owner_at < m.at <= end.owner_at]
    if any(m.kind == "count" for m in told):
        return 0
    return end.owner - start.owner - sum(m.owner_effect for m in told)


def open_account(case: Case) -> Account | None:
    """Lay both ledgers beside each other; None where one of them is not kept."""
    if case.log is None or case.moves is None or len(case.points) < 2:
        return None
    place = find_start(case.points)
    place = place if place + 1 < len(case.points) else 0
    start, points = case.points[place], case.points[place:]
    before = case.points[max(0, place - RUN_UP) :]
    steps, rests = walk_log(case.log, before, start)
    groups = group_moves(case.moves)
    entries = _match(case, steps, groups, points)
    entries, rest = _forgive_lost_rows(entries, rests, case.delay)
    return Account(
        start=start,
        entries=_drop_healed(entries),
        mirror_rest=rest,
        owner_rest=compute_owner_rest(case, start) or 0,
        has_ids=any(row.reference_id for row in case.log),
    )


def walk_log(
    log: Sequence[LogRow], points: Sequence[Point], start: Point
) -> tuple[list[Step], list[tuple[Point, Point, int]]]:
    """Return what each row did to the mirror's number, and what no row tells.

    Between two hours the level is carried by the log; at every hour it is set to what the
    mirror really showed, so that one lost row spoils one hour and not all that follow.

    Args:
        points: from some hours before ``start``, so that it is known which rows it holds.

    Returns:
        Steps in (start, last point], and (before, after, units) of hours with a rest.
    """
    rows = [row for row in log if points[0].at < row.at]
    steps: list[Step] = []
    rests: list[tuple[Point, Point, int]] = []
    level = points[0].observed
    for before, point in itertools.pairwise(points):
        taken = _apply(rows, level, point)
        del rows[: len(taken)]
        level += sum(step.units for step in taken)
        if point.at > start.at or point.hour_at > start.hour_at:
            steps.extend(taken)
            if point.observed != level:
                rests.append((before, point, point.observed - level))
        level = point.observed
    return steps, rests


def _apply(rows: Sequence[LogRow], level: int, point: Point) -> list[Step]:
    """Return the steps of the rows that stand behind a point's number.

    Rows up to its as-of time do. A batch is written minutes after the time it speaks for, so
    rows up to the hour's end may: as many as make the number right, and none if none do.
    """
    steps: list[Step] = []
    sure, first = 0, level
    for row in rows:
        if row.at > max(point.at, point.hour_at + HOUR):
            break
        change = row.units if row.operation == "add" else row.units - level
        steps.append(Step(row, change))
        level += change
        sure += row.at <= point.at
    if sure == len(steps):
        return steps
    for end in range(sure, len(steps) + 1):
        if first + sum(step.units for step in steps[:end]) == point.observed:
            return steps[:end]
    return steps[:sure]


def group_moves(moves: Iterable[Move]) -> dict[str, tuple[Move, ...]]:
    """Return every id → the movements of the business transaction it belongs to.

    An order, its cancellation and its shipment share an id, so do a purchase order and its
    receipts, a return announced and the box that came.
    """
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    known = list(moves)
    for move in known:
        first, *others = move.names
        for other in others:
            parent[find(other)] = find(first)
    groups: dict[str, list[Move]] = defaultdict(list)
    for move in known:
        groups[find(move.movement_id)].append(move)
    return {name: tuple(groups[find(name)]) for move in known for name in move.names}


def _match(
    case: Case,
    steps: Sequence[Step],
    groups: Mapping[str, tuple[Move, ...]],
    points: Sequence[Point],
) -> list[Entry]:
    """Pair rows with movements: by id first, then, among the nameless, by size and time."""
    start_at, end_at = points[0].at, points[-1].at
    by_group: dict[str, list[Step]] = defaultdict(list)
    loose: list[Step] = []
    for step in steps:
        name = next((n for n in (step.row.reference_id, step.row.change_id) if n in groups), None)
        if name is None:
            loose.append(step)
        else:
            by_group[groups[name][0].movement_id].append(step)
    heard_before = _find_heard(case, groups, steps, points[0])
    entries: list[Entry] = []
    seen: set[str] = set()
    for move in case.moves or ():
        head = groups[move.movement_id][0].movement_id
        if head in seen:
            continue
        seen.add(head)
        entries.extend(
            _settle_group(groups[head], by_group.get(head, []), heard_before, start_at, end_at)
        )
    entries = _pair_loose(entries, loose)
    young_after = end_at - max(case.delay, YOUNG)
    return sorted(
        (e for e in entries if e.kind != "missing" or e.at <= young_after),
        key=lambda e: (e.at, e.units),
    )


def _find_heard(
    case: Case, groups: Mapping[str, tuple[Move, ...]], steps: Sequence[Step], start: Point
) -> set[str]:
    """Return movements the log told of before the account begins."""
    inside = {step.row.change_id for step in steps}
    heard: set[str] = set()
    for row in case.log or ():
        if row.at <= max(start.at, start.hour_at + HOUR) and row.change_id not in inside:
            for name in (row.reference_id, row.change_id):
                heard.update(m.movement_id for m in groups.get(name, ()) if name in m.names)
    return heard


def _settle_group(
    moves: tuple[Move, ...],
    steps: Sequence[Step],
    heard: set[str],
    start_at: datetime,
    end_at: datetime,
) -> list[Entry]:
    """Return the differences of one business transaction."""
    due = [m for m in moves if m.effect and start_at < m.at <= end_at]
    early = [m for m in moves if m.effect and m.at <= start_at and m.movement_id not in heard]
    left, entries = list(steps), []
    for move in [*due, *early]:
        step = _take(left, move)
        if step is None:
            if move in due:
                entries.append(Entry("missing", -move.effect, move.at, moves, move, (), True))
        elif step.units != move.effect and move in due:
            rest = step.units - move.effect
            entries.append(Entry("sized", rest, step.row.at, moves, move, (step,), True))
    for step in left:
        twin = next((m for m in moves if m.effect == step.units), None)
        kind: EntryKind = "repeated" if twin else "extra"
        entries.append(Entry(kind, step.units, step.row.at, moves, twin, (step,), True))
    return [entry for entry in entries if entry.units]


def _take(left: list[Step], move: Move) -> Step | None:
    """Take the row that tells of a movement: its own id, then its size, then its direction."""
    tests = (
        lambda s: move.movement_id in {s.row.reference_id, s.row.change_id},
        lambda s: s.units == move.effect,
        lambda s: s.units * move.effect > 0,
        lambda s: s.row.operation == "set" or s.units == -move.effect,
    )
    for test in tests:
        for step in left:
            if test(step) and step.row.at >= move.at - NEAR:
                left.remove(step)
                return step
    return None


def _pair_loose(entries: list[Entry], loose: Sequence[Step]) -> list[Entry]:
    """Let rows that name nothing stand for movements nobody told, size by size."""
    missing = [entry for entry in entries if entry.kind == "missing"]
    others = [entry for entry in entries if entry.kind != "missing"]
    for step in loose:
        if step.units == 0:
            continue
        twin = None
        if not step.row.reference_id:
            twin = next(
                (
                    e
                    for e in missing
                    if e.units == -step.units and -NEAR <= step.row.at - e.at <= LATE
                ),
                None,
            )
        if twin is not None:
            missing.remove(twin)
        else:
            others.append(Entry("extra", step.units, step.row.at, (), None, (step,), False))
    return others + missing


def _forgive_lost_rows(
    entries: list[Entry], rests: Sequence[tuple[Point, Point, int]], delay: timedelta
) -> tuple[list[Entry], int]:
    """Take out what the mirror's number itself contradicts.

    The number moved by just what a movement asked for, and only the log is silent: the row is
    lost, not the movement. A row that moved nothing is no change.
    """
    kept, rest = list(entries), 0
    for before, after, units in rests:
        gone = next(
            (
                e
                for e in kept
                if (
                    e.kind == "missing"
                    and -e.units == units
                    and before.at - delay - NEAR < e.at <= after.at
                )
                or (e.steps and e.units == -units and before.at < e.steps[0].row.at <= after.at)
            ),
            None,
        )
        if gone is None:
            rest += units
        else:
            kept.remove(gone)
    return kept, rest


def _drop_healed(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Forget entries that later ones undid: a level set right again ends what was before it."""
    total, kept = 0, []
    for entry in entries:
        kept.append(entry)
        total += entry.units
        is_set = any(step.row.operation == "set" for step in entry.steps)
        if total == 0 and is_set:
            kept.clear()
    return tuple(kept)
