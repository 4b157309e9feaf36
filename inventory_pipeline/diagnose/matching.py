"""Matching: rows of the mirror's log paired with movements; what is left over is an entry."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from inventory_pipeline.diagnose.case import Case, Move, Point
from inventory_pipeline.diagnose.points import YOUNG
from inventory_pipeline.diagnose.steps import Step
from inventory_pipeline.model.hours import HOUR

EntryKind = Literal["missing", "repeated", "sized", "extra"]
NEAR = timedelta(hours=1)


LATE = timedelta(hours=48)
# A movement this fresh is nowhere missing yet, whatever delay is declared.


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


def match_entries(
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
