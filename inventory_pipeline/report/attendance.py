"""Which hours of the day were checked: done, failed, died, missed and never ran are told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.report.summary import Attendance, Backlog, Hour

FINISHED = ("clear", "drift", "incomplete")


@dataclass(frozen=True)
class Attempt:
    """The newest attempt at an hour, as the journal's run ledger has it."""

    state: str
    started_at: datetime
    error: str = ""


def compute_attendance(
    hours: Sequence[datetime],
    cycles: pl.DataFrame,
    attempts: Mapping[datetime, Attempt],
    *,
    now: datetime,
) -> Attendance:
    """Set the hours of one day against what was recorded of them.

    Args:
        hours: the UTC hours of the local day.
        cycles: rows of reconcile.cycles, at most one per hour_at.
        attempts: the newest attempt at each hour that was tried.
        now: an hour that ends after it is still to come.
    """
    recorded = {row["hour_at"]: row for row in cycles.iter_rows(named=True)}
    judged = tuple(
        _judge(hour_at, recorded.get(hour_at), attempts.get(hour_at), now) for hour_at in hours
    )
    is_over = bool(hours) and now >= hours[-1] + HOUR
    return Attendance(judged, is_over or all(hour.state == "done" for hour in judged))


def _judge(
    hour_at: datetime,
    cycle: dict[str, object] | None,
    attempt: Attempt | None,
    now: datetime,
) -> Hour:
    if cycle is not None:
        return _read_cycle(hour_at, cycle, attempt)
    if attempt is None:
        return Hour(hour_at, "pending" if hour_at + HOUR > now else "never_ran")
    if attempt.state == "failed":
        return Hour(hour_at, "failed", note=attempt.error)
    if now - attempt.started_at < HOUR:
        return Hour(hour_at, "pending", note="being checked now")
    return Hour(hour_at, "died")


def _read_cycle(hour_at: datetime, cycle: dict[str, object], attempt: Attempt | None) -> Hour:
    status, reason = str(cycle["status"]), str(cycle["reason"])
    if status in FINISHED:
        return Hour(hour_at, "done", status, int(str(cycle["compared"])), reason)
    if status == "missed":
        return Hour(hour_at, "missed", note=reason)
    return Hour(hour_at, "failed", note=reason or (attempt.error if attempt else ""))


def compute_backlog(hours: Sequence[datetime], cycles: pl.DataFrame) -> Backlog:
    """Count the hours without a finished check, and say how old the oldest of them is.

    Args:
        hours: every hour that should have been checked so far, oldest first.
        cycles: rows of reconcile.cycles over at least those hours.
    """
    finished = set(cycles.filter(pl.col("status").is_in(FINISHED))["hour_at"].to_list())
    open_hours = [hour_at for hour_at in hours if hour_at not in finished]
    newest = max((hour_at for hour_at in hours if hour_at in finished), default=None)
    return Backlog(len(open_hours), open_hours[0] if open_hours else None, newest)
