"""The account: the mirror's own log beside the owner's movements, entry by entry.

Both ledgers start where mirror and owner last agreed. What the log tells and no movement
asked for, and what a movement asked for and no log tells, are entries; together they are the
gap, to the unit. Whether anything can be proven stands in two rests: what the mirror's number
changed beyond its own log, and what the owner's number changed beyond its own movements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from inventory_pipeline.diagnose.case import Case, Move, Point
from inventory_pipeline.diagnose.matching import NEAR, Entry, Healed, group_moves, match_entries
from inventory_pipeline.diagnose.points import CLOCKS, find_start
from inventory_pipeline.diagnose.steps import walk_log

# A row that names nothing may still be the echo of a movement this near to it.
RUN_UP = 3
# Every id → the movements of the business transaction it belongs to.
Groups = Mapping[str, tuple[Move, ...]]


@dataclass(frozen=True)
class Account:
    """What the two ledgers leave over since the last agreement.

    Attributes:
        start: the point of the last agreement, or the first point known.
        mirror_rest: units the mirror's number changed that its log does not tell.
        owner_rest: units the owner's number changed that its movements do not tell.
        has_ids: the log names movements at all.
        healed: differences that were there for a while.
    """

    start: Point
    entries: tuple[Entry, ...]
    mirror_rest: int
    owner_rest: int
    has_ids: bool
    healed: tuple[Healed, ...] = ()

    @property
    def is_balanced(self) -> bool:
        return self.mirror_rest == 0 and self.owner_rest == 0


def compute_owner_rest(case: Case, start: Point) -> int | None:
    """Return what the owner's number changed beyond its own movements; None: it tells none.

    What a count changed is its effect, see ``size_counts``.
    """
    if case.moves is None:
        return None
    end = case.points[-1]
    told = [m for m in case.moves if m.is_own and start.owner_at < m.at <= end.owner_at]
    return end.owner - start.owner - sum(m.owner_effect for m in told)


def open_account(case: Case) -> Account | None:
    """Lay both ledgers beside each other; None where one of them is not kept."""
    if case.log is None or case.moves is None or len(case.points) < 2:
        return None
    groups, accounts = group_moves(case.moves), []
    for place in _find_starts(case.points):
        accounts.append(_open_from(case, place, groups))
        if _count_open(case, accounts[-1]) <= (False, 1):
            break
    return min(accounts, key=lambda account: _count_open(case, account))


def is_told_alike(case: Case, account: Account) -> bool:
    """Return whether the last agreement leaves the same entries as the one that was chosen."""
    place = _find_starts(case.points)[-1]
    if account.start == case.points[place]:
        return True
    last = _open_from(case, place, group_moves(case.moves or ()))
    names = [[entry.names for entry in each.entries] for each in (account, last)]
    return names[0] == names[1] and last.is_balanced


def _find_starts(points: Sequence[Point]) -> tuple[int, ...]:
    """Return where both may have agreed for the last time: the first agreement and the last.

    Two differences that make up for each other agree as well. The first one leaves none out,
    and counts where it explains the gap with no more entries.
    """
    last = find_start(points)
    last = last if last + 1 < len(points) else 0
    first = next((n for n, p in enumerate(points[:last]) if p.delta == 0 and p.is_settled), last)
    return (first, last) if first != last else (last,)


def _count_open(case: Case, account: Account) -> tuple[bool, int]:
    is_whole = account.is_balanced and sum(e.units for e in account.entries) == case.delta
    return not is_whole, len(account.entries)


def _open_from(case: Case, place: int, groups: Groups) -> Account:
    start, points = case.points[place], case.points[place:]
    before = case.points[max(0, place - RUN_UP) :]
    steps, rests = walk_log(case.log or (), before, start)
    entries, healed = match_entries(case, steps, groups, points)
    entries, rest = _forgive_lost_rows(entries, rests, case.delay)
    entries, ended = _drop_ended(entries)
    entries, mended = _drop_corrected(entries, case.sent)
    entries, undone = _drop_undone(entries)
    return Account(
        start=start,
        entries=tuple(entries),
        mirror_rest=rest,
        owner_rest=compute_owner_rest(case, start) or 0,
        has_ids=case.has_ids,
        healed=(*healed, *ended, *mended, *undone),
    )


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


def _drop_undone(entries: Sequence[Entry]) -> tuple[list[Entry], list[Healed]]:
    """Take out changes that nothing asked for and that the same hand took back."""
    kept: list[Entry] = []
    undone: list[Healed] = []
    for entry in entries:
        first = next((e for e in reversed(kept) if _is_taken_back(e, entry)), None)
        if first is None:
            kept.append(entry)
        else:
            kept.remove(first)
            undone.append(Healed(first.units, entry.at, first.steps[0].hour_at, is_early=True))
    return kept, undone


def _is_taken_back(first: Entry, entry: Entry) -> bool:
    is_strange = _is_strange(first) and _is_strange(entry)
    is_one_hand = is_strange and first.steps[0].row.actor == entry.steps[0].row.actor
    return is_one_hand and first.units == -entry.units


def _drop_corrected(
    entries: Sequence[Entry], sent: Sequence[tuple[str, int]]
) -> tuple[list[Entry], list[Healed]]:
    """Take out what a correction of ours put right, and the correction."""
    ours = {name for name, _ in sent}
    kept: list[Entry] = []
    mended: list[Healed] = []
    for entry in entries:
        is_ours = _is_strange(entry) and entry.steps[0].row.reference_id in ours
        lost = _find_meant(kept, entry) if is_ours else None
        if lost is not None:
            kept.remove(lost)
            mended.append(Healed(lost.units, lost.at, entry.steps[0].hour_at, is_early=False))
        else:
            kept.append(entry)
    return kept, mended


def _find_meant(kept: Sequence[Entry], correction: Entry) -> Entry | None:
    """Return what a correction was sent for: of its size, lost last before it was made."""
    row = correction.steps[0].row
    made_at = row.source_at or row.at
    fit = [
        e
        for e in kept
        if e.kind == "missing" and e.units == -correction.units and e.at <= made_at + CLOCKS
    ]
    return fit[-1] if fit else None


def _is_strange(entry: Entry) -> bool:
    return entry.kind == "extra" and not entry.is_by_id and bool(entry.steps)


def _drop_ended(entries: Sequence[Entry]) -> tuple[list[Entry], list[Healed]]:
    """Take out entries that later ones undid: a level set right again ends what was before it."""
    total, kept, ended = 0, [], []
    for entry in entries:
        kept.append(entry)
        total += entry.units
        is_set = any(step.row.operation == "set" for step in entry.steps)
        if total == 0 and is_set:
            ended += [_end(each, entry) for each in kept[:-1]]
            kept.clear()
    return kept, ended


def _end(entry: Entry, last: Entry) -> Healed:
    """Return an entry that stood until a level was set right."""
    if entry.shown_at is None:
        return Healed(entry.units, entry.at, last.steps[0].hour_at, is_early=False)
    return Healed(entry.units, last.at, entry.shown_at, is_early=True)
