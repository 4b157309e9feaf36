"""Matching: rows of the mirror's log paired with movements; what is left over is an entry."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from inventory_pipeline.diagnose.case import Case, Move, Point
from inventory_pipeline.diagnose.kinds import is_person
from inventory_pipeline.diagnose.points import CLOCKS, YOUNG
from inventory_pipeline.diagnose.steps import Step
from inventory_pipeline.model.hours import HOUR

EntryKind = Literal["missing", "repeated", "sized", "extra"]
NEAR = timedelta(hours=1)


LATE = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Entry:
    """One difference between the two ledgers.

    Attributes:
        kind: missing: a movement the log never tells; repeated: the log tells it once more
            than it happened; sized: told with another size; extra: nothing asked for it.
        units: what it adds to the gap.
        moves: the business transaction it belongs to, every movement of it.
        move: the movement itself, if there is one.
        steps: the row it is about; none where it is missing, one otherwise.
        is_by_id: the two ledgers name each other; otherwise size and time matched them.
    """

    kind: EntryKind
    units: int
    at: datetime
    moves: tuple[Move, ...]
    move: Move | None
    steps: tuple[Step, ...]
    is_by_id: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Return the records it is about: the movement's, else those of its rows."""
        rows = tuple(step.row.change_id for step in self.steps)
        return (self.move.movement_id, *rows) if self.move else rows

    @property
    def shown_at(self) -> datetime | None:
        """Return the hour whose number first shows it, where a row of the log made it."""
        return self.steps[0].hour_at if self.steps else None


@dataclass(frozen=True, slots=True)
class Healed:
    """A difference that mended itself: of two records that belong together one came long before.

    Attributes:
        units: what it added to the gap while it stood.
        moved_at: the movement; ``shown_at``: the first hour that showed the row.
        is_early: the row came first.
    """

    units: int
    moved_at: datetime
    shown_at: datetime
    is_early: bool

    def find_units(self, point: Point) -> int:
        """Return what it added to the gap of one hour."""
        is_shown, is_moved = point.hour_at >= self.shown_at, point.at >= self.moved_at
        stood = is_shown and not is_moved if self.is_early else is_moved and not is_shown
        return self.units if stood else 0


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
) -> tuple[list[Entry], list[Healed]]:
    """Pair rows with movements: by id first, then, among the nameless, by size and time.

    Returns:
        What is left over, and what was left over for a while.
    """
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
    healed: list[Healed] = []
    seen: set[str] = set()
    for move in case.moves or ():
        head = groups[move.movement_id][0].movement_id
        if head in seen:
            continue
        seen.add(head)
        found, mended = _settle_group(
            groups[head], by_group.get(head, []), heard_before, start_at, end_at
        )
        entries.extend(found)
        healed.extend(mended)
    entries = _pair_loose(entries, loose, ours={name for name, _ in case.sent})
    young_after = end_at - max(case.delay, YOUNG)
    due = (e for e in entries if e.kind != "missing" or e.at <= young_after)
    return sorted(due, key=lambda e: (e.at, e.units)), healed


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
) -> tuple[list[Entry], list[Healed]]:
    """Return the differences of one business transaction, and those that are over."""
    due = [m for m in moves if m.effect and start_at < m.at <= end_at]
    early = [m for m in moves if m.effect and m.at <= start_at and m.movement_id not in heard]
    pairs, left = _pair_group([*due, *early], steps)
    silent = [m for m in due if m.movement_id not in pairs]
    entries = []
    for move in due:
        step = pairs.get(move.movement_id)
        rest = step.units - move.effect if step else 0
        hidden = next((m for m in silent if m.effect == rest), None)
        if step and rest and hidden and step.row.operation == "set":
            silent.remove(hidden)  # the level speaks for both: only a row of the log is lost
        elif step and rest:
            entries.append(Entry("sized", rest, step.row.at, moves, move, (step,), True))
    for move in silent:
        entries.append(Entry("missing", -move.effect, move.at, moves, move, (), True))
    for step in left:
        twin = next((m for m in moves if _may_repeat(m, step, pairs)), None)
        kind: EntryKind = "repeated" if twin else "extra"
        entries.append(Entry(kind, step.units, step.row.at, moves, twin, (step,), True))
    healed = [h for m in due if (h := _find_healed(m, pairs.get(m.movement_id))) is not None]
    return [entry for entry in entries if entry.units], healed


def _may_repeat(move: Move, step: Step, pairs: Mapping[str, Step]) -> bool:
    """Return whether a row may tell of a movement once more: it had happened, or been told."""
    had_happened = move.at <= step.row.at + CLOCKS
    was_told = move.movement_id in pairs and _is_in_time(move, step)
    return move.effect == step.units and (had_happened or was_told)


def _find_healed(move: Move, step: Step | None) -> Healed | None:
    """Return the gap that stood while only one side knew of a movement."""
    if step is None or step.units != move.effect or abs(step.row.at - move.at) <= NEAR:
        return None
    is_early = step.row.at < move.at
    units = move.effect if is_early else -move.effect
    return Healed(units, move.at, step.hour_at, is_early)


def _pair_group(moves: Sequence[Move], steps: Sequence[Step]) -> tuple[dict[str, Step], list[Step]]:
    """Give every movement of a transaction the row that tells of it, the surest first.

    Its own id, then its size, then its direction, then whatever is left; last of all a row of
    its size that came before it: what was told early is told.

    Returns:
        movement_id → its row, and the rows left over.
    """
    names = {m.movement_id for m in moves}
    pairs: dict[str, Step] = {}
    left = list(steps)
    for test in (_is_named, _has_size, _has_direction, _is_other_way, _is_told_early):
        for move in moves:
            others = names - {move.movement_id}
            fit = (s for s in left if test(move, s) and s.row.reference_id not in others)
            step = next(fit, None)
            if step is not None and move.movement_id not in pairs:
                pairs[move.movement_id] = step
                left.remove(step)
    return pairs, left


def _is_in_time(move: Move, step: Step) -> bool:
    return step.row.at >= move.at - NEAR


def _is_named(move: Move, step: Step) -> bool:
    names = {step.row.reference_id, step.row.change_id}
    return move.movement_id in names and _is_in_time(move, step)


def _has_size(move: Move, step: Step) -> bool:
    return step.units == move.effect and _is_in_time(move, step)


def _has_direction(move: Move, step: Step) -> bool:
    return step.units * move.effect > 0 and _is_in_time(move, step)


def _is_other_way(move: Move, step: Step) -> bool:
    is_turned = step.row.operation == "set" or step.units == -move.effect
    return is_turned and _is_in_time(move, step)


def _is_told_early(move: Move, step: Step) -> bool:
    return step.units == move.effect


def _pair_loose(entries: list[Entry], loose: Sequence[Step], *, ours: Set[str]) -> list[Entry]:
    """Let rows that name nothing known stand for movements nobody told, size by size.

    A correction of ours makes good what was lost; it does not tell of it.
    """
    missing = [entry for entry in entries if entry.kind == "missing"]
    others = [entry for entry in entries if entry.kind != "missing"]
    for step in loose:
        is_ours = step.row.reference_id in ours
        twin = next((e for e in missing if not is_ours and _may_tell(step, e)), None)
        if twin is not None:
            missing.remove(twin)
        elif step.units:
            others.append(Entry("extra", step.units, step.row.at, (), None, (step,), False))
    return others + missing


def _may_tell(step: Step, entry: Entry) -> bool:
    """Return whether a row may be the one that tells of a movement.

    One that names what nobody knows (a message whose own record is lost) must come at once. What
    a person typed tells of nothing but that.
    """
    longest = NEAR if step.row.reference_id else LATE
    is_other = bool(step.row.other_sku) or is_person(step.row.actor)
    return (
        not is_other and entry.units == -step.units and (-NEAR <= step.row.at - entry.at <= longest)
    )
