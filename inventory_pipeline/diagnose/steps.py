"""Steps: what each row of the mirror's log did to its number, and what no row tells."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory_pipeline.diagnose.case import LogRow, Point
from inventory_pipeline.model.hours import HOUR


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the log and what it did to the mirror's number.

    Attributes:
        hour_at: the first hour whose number holds it.
    """

    row: LogRow
    units: int
    hour_at: datetime


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
        steps.append(Step(row, change, point.hour_at))
        level += change
        sure += row.at <= point.at
    if sure == len(steps):
        return steps
    for end in range(sure, len(steps) + 1):
        if first + sum(step.units for step in steps[:end]) == point.observed:
            return steps[:end]
    return steps[:sure]
