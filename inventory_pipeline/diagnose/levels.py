"""Levels: a number set outright, and whether the owner's own past knows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory_pipeline.diagnose.case import Case, LogRow
from inventory_pipeline.diagnose.jumps import Jump
from inventory_pipeline.diagnose.matching import Entry
from inventory_pipeline.diagnose.scene import Scene
from inventory_pipeline.diagnose.steps import Step

QUEUED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Overwrite:
    """A level that was set and was right once.

    Attributes:
        is_older: its source time or sequence is below that of a write before it.
        is_retry: the middleware tried more than once, or it waited for more than an hour.
    """

    entry: Entry
    level: int
    is_older: bool
    is_retry: bool


def list_past_levels(case: Case, step: Step) -> list[int]:
    """Return what the mirror should have shown before a step, newest first, each once.

    What it shows since is the step's own doing, whatever moment a batch says its number is of.
    """
    end = case.points[-1]
    level, levels = end.observed - end.delta, []
    for move in sorted(case.moves or (), key=lambda m: m.at, reverse=True):
        if move.at <= step.row.at:
            levels.append(level)
        level -= move.effect
    levels.append(level)
    levels.extend(p.observed for p in reversed(case.points) if p.hour_at < step.hour_at)
    return list(dict.fromkeys(levels))


def find_overwrites(scene: Scene) -> Iterator[Overwrite]:
    """Yield entries made by setting a level that was right once."""
    for entry in scene.find_entries("sized", "extra", "repeated"):
        row = entry.steps[0].row
        if row.operation != "set":
            continue
        levels = list_past_levels(scene.case, entry.steps[0])
        if row.units != levels[0] and row.units in levels[1:]:
            yield Overwrite(
                entry, row.units, _is_older(scene.case, row), _is_retry(scene, entry, row)
            )


def _is_older(case: Case, row: LogRow) -> bool:
    before = [r for r in case.log or () if r.at < row.at]
    by_sequence = row.sequence is not None and any(
        r.sequence is not None and r.sequence > row.sequence for r in before
    )
    by_time = row.source_at is not None and any(
        r.source_at is not None and r.source_at > row.source_at for r in before
    )
    return by_sequence or by_time


def _is_retry(scene: Scene, entry: Entry, row: LogRow) -> bool:
    if row.source_at is not None and row.at - row.source_at > QUEUED:
        return True
    names = {row.reference_id, row.change_id} - {""}
    names |= {name for move in entry.moves for name in move.names}
    return any(
        (m.attempt > 1 or (m.processed_at and m.processed_at - m.emitted_at > QUEUED))
        and (names & {m.reference_id, m.event_id} or _is_near(m.processed_at, row))
        for m in scene.case.messages or ()
    )


def _is_near(at: datetime | None, row: LogRow) -> bool:
    return at is not None and abs(at - row.at) < timedelta(minutes=1)


def find_returns(scene: Scene) -> Iterator[tuple[Jump, int, int]]:
    """Yield jumps after which the mirror shows a number of its own past, where no log tells."""
    points = scene.case.points
    for jump in scene.jumps:
        place = next(n for n, p in enumerate(points) if p.at == jump.high)
        now = points[place]
        past = {p.expected for p in points[:place]} - {now.expected, points[place - 1].observed}
        if now.observed in past:
            yield jump, now.observed, 2 if abs(jump.units) == 1 else 1
