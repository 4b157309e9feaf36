"""The outbox as the mail tells of it: what was corrected, what is on its way, what is stuck."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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
class Outbox:
    """What stood in the outbox as the mail was written.

    Attributes:
        fixes, fixed: the first corrections that arrived in the day, and how many did.
        would: corrections the assistant would have made, were it not in shadow mode.
        depth: receipts that are not over; oldest_at: the one that waits longest.
        stuck: how many wait longer than they should.
        dead: receipts that were refused for ever, or of which nobody can know.
        brakes: (scope, why) of what was stopped until somebody looks.
        head: newest link of the audit chain, so that a lost tail is noticed from outside.
    """

    fixes: tuple[Fix, ...] = ()
    fixed: int = 0
    would: int = 0
    depth: int = 0
    oldest_at: datetime | None = None
    stuck: int = 0
    dead: int = 0
    brakes: tuple[tuple[str, str], ...] = ()
    head: str = ""


NOTHING = Outbox()


def load_outbox(
    journal: Journal, *, start_at: datetime, end_at: datetime, now: datetime, stuck_after: timedelta
) -> Outbox:
    """Read the outbox for a day's summary."""
    period = {"start_at": write_instant(start_at), "end_at": write_instant(end_at)}
    fixes = journal.query(load_query("report", "find_fixes"), **period)
    limit = write_instant(now - stuck_after)
    [queue] = journal.query(load_query("report", "count_outbox"), made_before=limit)
    brakes = journal.query(load_query("report", "find_brakes"))
    return Outbox(
        fixes=tuple(_read_fix(row) for row in fixes[:SHOWN]),
        fixed=len(fixes),
        would=queue["would"] or 0,
        depth=queue["depth"] or 0,
        oldest_at=read_instant(queue["oldest_at"]) if queue["oldest_at"] else None,
        stuck=queue["stuck"] or 0,
        dead=queue["dead"] or 0,
        brakes=tuple((row["scope"], row["reason"]) for row in brakes),
        head=str(load_head(journal)),
    )


def _read_fix(row: dict[str, Any]) -> Fix:
    return Fix(**row)


def find_troubles(outbox: Outbox) -> list[str]:
    """Return what of the outbox needs a person, in words."""
    found = []
    if outbox.stuck:
        found.append(f"{render_count(outbox.stuck, 'receipt')} stuck in the outbox")
    if outbox.dead:
        found.append(f"{render_count(outbox.dead, 'receipt')} refused, or of unknown effect")
    if outbox.brakes:
        found.append("corrections are stopped until somebody looks")
    return found
