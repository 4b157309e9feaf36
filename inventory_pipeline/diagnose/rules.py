"""Rules: dated changes of somebody's settings, and gaps that stand as still as a setting."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from inventory_pipeline.diagnose.case import Case, Change
from inventory_pipeline.diagnose.points import find_start
from inventory_pipeline.diagnose.scene import Scene

_NUMBER = re.compile(r"^-?[0-9]{1,9}$")


def is_constant(case: Case) -> bool:
    """Return whether the gap has had one size since the last agreement, in settled hours."""
    since = case.points[_first(case) :]
    settled = [p for p in since if p.is_settled] or since
    return len({p.delta for p in settled if p.delta}) == 1


def find_since(case: Case) -> tuple[int, ...]:
    """Return the series of a constant gap: nothing, then its size."""
    first = _first(case)
    return tuple(0 if n < first else p.delta for n, p in enumerate(case.points))


def _first(case: Case) -> int:
    return find_start(case.points) if any(p.delta == 0 for p in case.points) else 0


def find_rule_changes(case: Case, words: tuple[str, ...]) -> Iterator[tuple[Change, int]]:
    """Yield changes of such a setting that concern the item, and by how much they moved it."""
    for change in case.changes or ():
        text = f"{change.kind} {change.subject}".lower()
        if not any(word in text for word in words):
            continue
        if not is_about(case, change):
            continue
        if _NUMBER.match(change.before or "0") and _NUMBER.match(change.after or "0"):
            yield change, int(change.after or 0) - int(change.before or 0)


def is_about(case: Case, change: Change) -> bool:
    """Return whether a change names the item, or no item at all."""
    subject = change.subject.strip()
    if not subject or subject in {case.mirror, case.fact, "all"}:
        return True
    parts = (subject, *re.split(r"[\s:/|,]+", subject))
    return any(fnmatchcase(case.sku, part) for part in parts)


def count_alike(scene: Scene) -> int:
    """Return how many other items jumped by the same units in the same hour."""
    if len(scene.jumps) != 1:
        return 0
    case, jump = scene.case, scene.jumps[0]
    return sum(
        p.jump_at == jump.high and p.jump_units == jump.units and p.mirror == case.mirror
        for p in case.peers
        if p.sku != case.sku
    )
