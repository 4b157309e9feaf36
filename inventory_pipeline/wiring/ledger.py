"""The run ledger: which hours were tried, by whom, and how each attempt ended.

It stands in the journal, so that it can be read while the warehouse is busy. An attempt
that stands as started while nobody holds the lease belongs to a process that died.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inventory_pipeline.model.hours import HOUR, compute_key, find_hours, floor_hour, parse_hour
from inventory_pipeline.store.journal import Journal, read_instant
from inventory_pipeline.store.queries import load_query

RUN, BACKFILL = "run", "backfill"
# Hours missed longer ago are left as they are: nobody waits for them any more.
REACH = timedelta(hours=48)
MAX_TRIES = 3
DIED = "the process died before the hour was done"


@dataclass(frozen=True)
class Attempt:
    """One attempt at one hour.

    Attributes:
        kind: ``run``, or ``backfill`` where stored hours are computed again.
        state: started, done or failed.
        run: the scheduler's id of the run, empty for the command line.
        finished_at: when it was done or failed.
        urgent: findings of the hour that people should hear of at once.
    """

    run_id: int
    hour_at: datetime
    kind: str
    state: str
    run: str
    urgent: int
    finished_at: datetime | None


def begin(
    journal: Journal, hours: Iterable[datetime], *, kind: str, run: str, now: datetime
) -> dict[datetime, int]:
    """Write down that these hours are about to be worked on; return the id of each attempt."""
    with journal.transaction():
        return {
            hour_at: journal.start_run(kind, compute_key(hour_at), now=now, details={"run": run})
            for hour_at in hours
        }


def close_orphans(journal: Journal, *, now: datetime) -> list[Attempt]:
    """End the attempts of processes that died; the caller holds the lease, so all of them are.

    Returns:
        The attempts as they stood.
    """
    with journal.transaction():
        orphans = [_read(row) for row in journal.query(load_query("wiring", "find_open_attempts"))]
        for attempt in orphans:
            # Nobody knows how far it came: the hours after it are linked again.
            told = {"run": attempt.run, "changed": True}
            journal.finish_run(attempt.run_id, now=now, error=DIED, details=told)
    return orphans


def save_failure(
    journal: Journal, hours: Iterable[datetime], *, kind: str, run: str, error: str, now: datetime
) -> list[datetime]:
    """Write down that a scheduler's run failed, for the hours that do not say so yet.

    Returns:
        The hours it was written down for: an hour that was done before the run failed is
        done, and one whose failure stands there already keeps its own words.
    """
    with journal.transaction():
        known = {attempt.hour_at: attempt for attempt in find_attempts(journal, run)}
        told = [h for h in hours if h not in known or known[h].state == "started"]
        new = begin(journal, [h for h in told if h not in known], kind=kind, run=run, now=now)
        for hour_at in told:
            run_id = new[hour_at] if hour_at in new else known[hour_at].run_id
            journal.finish_run(run_id, now=now, error=error, details={"run": run})
    return told


def find_attempts(journal: Journal, run: str) -> list[Attempt]:
    """Return what one run of the scheduler has tried."""
    rows = journal.query(load_query("wiring", "find_attempts_of_run"), run=run)
    return [_read(row) for row in rows]


@dataclass(frozen=True)
class Gap:
    """An hour that should have been done, and how often it was tried."""

    hour_at: datetime
    tries: int


def find_gaps(journal: Journal, *, now: datetime, grace: timedelta) -> list[Gap]:
    """Return the hours of the last 48 that closed and were neither done nor are being done.

    Before the first hour ever tried there is no gap: the house did not stand yet. An hour
    that failed too often is left to a person: it stays red in the mail and in the checks.

    Args:
        journal: the run ledger.
        now: the clock.
        grace: how long after its end an hour is still left to the schedule.
    """
    newest, since = floor_hour(now - grace) - HOUR, floor_hour(now) - REACH
    first = find_first(journal)
    if first is None:
        return []
    rows = journal.query(load_query("wiring", "list_attempts"), since=compute_key(since), kind=RUN)
    tried = {parse_hour(row["subject"]): row for row in rows}
    gaps = []
    for hour_at in find_hours(max(since, first), newest):
        row = tried.get(hour_at, {"state": "failed", "tries": 0})
        if row["state"] == "failed" and row["tries"] < MAX_TRIES:
            gaps.append(Gap(hour_at, row["tries"]))
    return gaps


def find_unlinked(journal: Journal) -> list[datetime]:
    """Return hours done before an earlier hour came out otherwise, and not tried since."""
    rows = journal.query(load_query("wiring", "find_unlinked_hours"))
    return [parse_hour(row["subject"]) for row in rows]


def find_first(journal: Journal) -> datetime | None:
    """Return the first hour ever tried."""
    subject = journal.query(load_query("wiring", "find_first_attempt"))[0]["subject"]
    return parse_hour(subject) if subject else None


def find_newest(journal: Journal) -> Attempt | None:
    """Return the newest hour that a run, not a backfill, brought to its end."""
    rows = journal.query(load_query("wiring", "find_newest_attempt"), kind=RUN)
    return _read(rows[0]) if rows else None


def _read(row: Mapping[str, Any]) -> Attempt:
    details = json.loads(row["details"])
    return Attempt(
        run_id=row["run_id"],
        hour_at=parse_hour(row["subject"]),
        kind=row["kind"],
        state=row["state"],
        run=str(details.get("run", "")),
        urgent=int(details.get("urgent", 0)),
        finished_at=read_instant(row["finished_at"]) if row["finished_at"] else None,
    )
