"""Our own correction came back: somebody writes the opposite after every receipt of ours."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from inventory_pipeline.diagnose.case import Case, LogRow
from inventory_pipeline.diagnose.claim import BY_PATTERN, BY_RECORD, Claim
from inventory_pipeline.diagnose.scene import Scene, claim_entry

NAME = "our_echo_or_loop"
LEAST_OPENINGS = 3
SETTLES = "who answers a correction with the opposite change"


def find(scene: Scene) -> Iterator[Claim]:
    """Claim a change that undoes a receipt of ours, or that names one a second time."""
    if scene.is_blind:
        yield from _guess(scene)
    ours = dict(scene.case.sent)
    for entry in scene.find_entries("extra", "repeated", "sized"):
        row = entry.steps[0].row
        is_echo = row.reference_id in ours and _is_second(scene.case, row)
        is_undone = not row.reference_id and -entry.units in ours.values()
        if is_echo or is_undone:
            claim = claim_entry(NAME, scene, entry)
            yield replace(
                claim, strength=BY_RECORD + (2.0 if is_echo else 0.0), is_proven_by_ids=False,
                correction=None, path=("outbox:receipt", f"{scene.case.mirror}:echo"),
                settles=SETTLES,
            )  # fmt: skip


def _guess(scene: Scene) -> Iterator[Claim]:
    """Claim a gap that was mended and opened again by itself, more than once."""
    case = scene.case
    if case.kind == "gap" and _is_loop(case):
        yield Claim(
            cause=NAME, units=case.delta, at=None, series=tuple(p.delta for p in case.points),
            strength=BY_PATTERN, path=("somebody:sets_right", f"{case.mirror}:undone"),
            settles=SETTLES,
        )  # fmt: skip


def _is_loop(case: Case) -> bool:
    """Return whether one gap opened three times, at least once while nothing else moved."""
    opened = [
        before.expected == after.expected
        for before, after in pairwise(case.points)
        if (before.delta, after.delta) == (0, case.delta)
    ]
    return len(opened) >= LEAST_OPENINGS and any(opened[1:])


def _is_second(case: Case, row: LogRow) -> bool:
    """Return whether the log told of the same receipt before: the first row is the receipt."""
    first = next(r for r in case.log or () if r.reference_id == row.reference_id)
    return first.change_id != row.change_id
