"""Chains: whether the changes of one item join up, each with what the one before left. Pure.

Changes of one moment have no order of their own; they are put into one in which they join up,
if there is one.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Change:
    """What was on hand before and after, and when that was."""

    before: int
    after: int
    at: str


def find_breaks(changes: Iterable[Change]) -> Iterator[tuple[int, Change]]:
    """Yield what was left, and the change that began with another number."""
    left: int | None = None
    for change in _put_in_order(changes):
        if left is not None and change.before != left:
            yield left, change
        left = change.after


def _put_in_order(changes: Iterable[Change]) -> Iterator[Change]:
    by_time = sorted(changes, key=lambda change: change.at)
    moments = [list(some) for _, some in groupby(by_time, key=lambda change: change.at)]
    left: int | None = None
    for number, moment in enumerate(moments):
        following = {change.before for some in moments[number + 1 : number + 2] for change in some}
        for change in _join(moment, _find_start(moment, left, following)):
            yield change
            left = change.after


def _find_start(moment: Sequence[Change], left: int | None, following: Collection[int]) -> int:
    """Return where the changes of a moment begin: what was left, or what none of them leads to.

    Where they run in a circle they begin where the next moment does.
    """
    befores = [change.before for change in moment]
    if left in befores:
        return left
    surplus = Counter(befores)
    surplus.subtract(change.after for change in moment)
    starts = [before for before in befores if surplus[before] > 0]
    starts += [before for before in befores if before in following]
    return (starts or befores)[0]


def _join(moment: Sequence[Change], start: int) -> list[Change]:
    """Return the changes in an order in which they join up, as far as there is one.

    A walk that ends too early is taken back to where it could have gone another way
    (Hierholzer's algorithm); what it cannot reach comes after it.
    """
    ways: dict[int, list[Change]] = {}
    for change in reversed(moment):
        ways.setdefault(change.before, []).append(change)
    backwards: list[Change] = []
    path: list[Change] = []
    while True:
        here = path[-1].after if path else start
        if ways.get(here):
            path.append(ways[here].pop())
        elif path:
            backwards.append(path.pop())
        else:
            break
    rest = [change for some in ways.values() for change in some]
    return [*reversed(backwards), *(_join(rest, _find_start(rest, None, ())) if rest else ())]
