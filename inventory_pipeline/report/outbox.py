"""The outbox as the mail tells of it: what was corrected, what is on its way, what is stuck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from inventory_pipeline.model.hours import HOUR
from inventory_pipeline.report.words import render_count
from inventory_pipeline.store.audit import load_head
from inventory_pipeline.store.journal import Journal, read_instant, write_instant
from inventory_pipeline.store.queries import load_query

SHOWN = 10


@dataclass(frozen=True)
class Fix:
    """One correction that arrived.

    Attributes:
        decided_by: ``assistant``, or the people who said yes.
    """

    receipt_id: str
    system: str
    fact: str
    sku: str
    location_id: str
    before_units: int | None
    target_units: int
    decided_by: str
    cause: str


@dataclass(frozen=True)
class Queue:
    """What is on its way; numbers are receipts.

    Attributes:
        depth: not over; oldest_at: when the one that waits longest was made.
        stuck: how many wait longer than they should.
        for_people: refused for ever, or nobody can know what came of them.
        by_system: system → depth.
    """

    depth: int = 0
    oldest_at: datetime | None = None
    stuck: int = 0
    for_people: int = 0
    by_system: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outbox:
    """What stood in the outbox as the mail was written.

    Attributes:
        fixes, fixed: the first corrections that arrived in the day, and how many did.
        would: corrections the assistant would have made, were it not in shadow mode.
        brakes: (scope, why) of what was stopped until somebody looks.
        head: newest link of the audit chain, so that a lost tail is noticed from outside.
    """

    fixes: tuple[Fix, ...] = ()
    fixed: int = 0
    would: int = 0
    queue: Queue = field(default_factory=Queue)
    brakes: tuple[tuple[str, str], ...] = ()
    head: str = ""


NOTHING = Outbox()


def load_outbox(
    journal: Journal, hours: Sequence[datetime], *, now: datetime, stuck_after: timedelta
) -> Outbox:
    """Read the outbox for the summary of a day, given its hours."""
    start_at, end_at = write_instant(hours[0]), write_instant(hours[-1] + HOUR)
    period = {"start_at": start_at, "end_at": end_at}
    fixes = journal.query(load_query("report", "find_fixes"), **period)
    return Outbox(
        fixes=tuple(_read_fix(row) for row in fixes[:SHOWN]),
        fixed=len(fixes),
        would=journal.query(load_query("report", "count_shadows"))[0]["would"],
        queue=load_queue(journal, stuck_after=stuck_after, now=now),
        brakes=load_brakes(journal),
        head=str(load_head(journal)),
    )


def load_queue(journal: Journal, *, stuck_after: timedelta, now: datetime) -> Queue:
    """Return how long the queue is, and what in it needs somebody."""
    made_before = write_instant(now - stuck_after)
    rows = journal.query(load_query("report", "count_queue"), made_before=made_before)
    oldest = min((row["oldest_at"] for row in rows if row["oldest_at"]), default=None)
    return Queue(
        depth=sum(row["depth"] for row in rows),
        oldest_at=read_instant(oldest) if oldest else None,
        stuck=sum(row["stuck"] for row in rows),
        for_people=sum(row["for_people"] for row in rows),
        by_system={row["system"]: row["depth"] for row in rows if row["depth"]},
    )


def load_brakes(journal: Journal) -> tuple[tuple[str, str], ...]:
    """Return (scope, why) of what is stopped."""
    rows = journal.query(load_query("report", "find_brakes"))
    return tuple((row["scope"], row["reason"]) for row in rows)


def _read_fix(row: dict[str, Any]) -> Fix:
    return Fix(**row)


def find_troubles(outbox: Outbox) -> list[str]:
    """Return what of the outbox needs a person, in words."""
    queue, found = outbox.queue, []
    if queue.stuck:
        found.append(f"{render_count(queue.stuck, 'receipt')} stuck in the outbox")
    if queue.for_people:
        found.append(f"{render_count(queue.for_people, 'receipt')} refused, or of unknown effect")
    if outbox.brakes:
        found.append("corrections are stopped until somebody looks")
    return found
