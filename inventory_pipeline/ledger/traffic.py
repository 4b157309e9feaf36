"""Traffic: what the logs of an hour tell of every path, ready to be asked path by path."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from inventory_pipeline.model.hours import HOUR

HEARD = ("complete", "late")
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Reach:
    """How far back a log of events can be asked.

    Attributes:
        since: what happened before left no trace that could be missed; None: no log at all.
        is_heard, runs_heard: whether a log of events, and one of runs, spoke in the window.
    """

    since: datetime | None
    is_heard: bool
    runs_heard: bool


@dataclass(frozen=True)
class Traffic:
    """Rows of this room's statements by path; an absent path is one nobody told of.

    Attributes:
        moved: path, source, target → movements of the source that the log should know.
        unknown: the same, before the log's reach: nobody can say what became of them.
        witnesses: path, source, target → records of the target that follow the source's.
        slow, lost, retries, holes: the events, runs of silence and attempts worth naming.
    """

    as_of: datetime
    window: tuple[datetime, datetime]
    reach: Reach
    measures: Mapping[str, Mapping[str, Any]]
    duplicates: Mapping[str, int]
    syncs: Mapping[str, Mapping[str, Any]]
    moved: Mapping[Key, int]
    unknown: Mapping[Key, int]
    witnesses: Mapping[Key, int]
    slow: Mapping[str, list[dict[str, Any]]]
    lost: Mapping[str, list[dict[str, Any]]]
    retries: Mapping[str, list[dict[str, Any]]]
    holes: Mapping[str, list[dict[str, Any]]]
    mappings: Mapping[str, list[dict[str, Any]]]

    def find_names(self) -> set[str]:
        """Return every path that events or runs were told of."""
        return {*self.measures, *self.syncs}


def find_reach(logs: pl.DataFrame, *, retention: timedelta | None) -> Reach:
    """Return how far back the log of events can be asked.

    An unbroken row of hours reaches to its first one, and before it as far as that hour's log
    did: over the hour, to its oldest event or, where it is known, by the log's retention. An
    hour that was not heard is mended by the next one as long as the log still kept it.

    Args:
        logs: rows of ``find_logs``.
    """
    heard = logs.filter(pl.col("status").is_in(HEARD))
    events = heard.filter(pl.col("feed") == "events").sort("hour_at", descending=True)
    runs_heard = heard.filter(pl.col("feed") == "syncs").height > 0
    if events.is_empty():
        return Reach(None, is_heard=False, runs_heard=runs_heard)
    first = _find_first(events["hour_at"].to_list(), step=max(HOUR, retention or HOUR))
    row = events.filter(pl.col("hour_at") == first).row(0, named=True)
    began = row["source_at"] or first
    oldest = min(row["emitted_at"] or began, began - HOUR)
    since = began - retention if retention else oldest
    return Reach(since, is_heard=True, runs_heard=runs_heard)


def _find_first(hours: list[datetime], *, step: timedelta) -> datetime:
    """Return the first of the newest row of hours no further apart than ``step``."""
    first = hours[0]
    for hour in hours[1:]:
        if first - hour > step:
            break
        first = hour
    return first


def group_rows(frame: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return path → its rows, in their order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["path"], []).append(row)
    return found


def sum_by_path(frame: pl.DataFrame, column: str) -> dict[Key, int]:
    """Return path, source, target → the sum of a column."""
    sums = frame.group_by("path", "source", "target").agg(pl.col(column).sum())
    return {(path, source, target): n for path, source, target, n in sums.iter_rows()}


def split_slow(events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return events that came late, and those that never came."""
    is_lost: Collection[bool] = events["applied_at"].is_null()
    return events.filter(~pl.Series(is_lost)), events.filter(pl.Series(is_lost))
