"""The log of mails: each is due once, keeps its number and its Message-ID, and is sent once."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from inventory_pipeline.errors import StoreBusyError
from inventory_pipeline.store.journal import Journal, read_instant, write_instant
from inventory_pipeline.store.queries import load_query

DAILY, NOTICE = "daily", "notice"
# Longer than any mailer tries; a sender that died gives the lease up at once.
LEASE = timedelta(minutes=15)


@dataclass(frozen=True)
class MailSlot:
    """One mail's place in the log.

    Attributes:
        sequence: 1, 2, 3 ... within its kind, given once.
        message_id: the same at every attempt, so that a repeated one is recognised.
        state: due, sending (also after a crash), sent, failed.
    """

    mail_key: str
    kind: str
    sequence: int
    message_id: str
    subject: str
    state: str
    attempts: int
    sent_at: datetime | None
    error: str

    @property
    def is_sent(self) -> bool:
        return self.state == "sent"


def find_slot(journal: Journal, mail_key: str) -> MailSlot | None:
    """Return the mail's place, if it has one."""
    rows = journal.query(load_query("report", "find_mail"), mail_key=mail_key)
    return _read_slot(rows[0]) if rows else None


def reserve_slot(
    journal: Journal, mail_key: str, *, kind: str, domain: str, now: datetime
) -> MailSlot:
    """Return the mail's place; give it the next number and a Message-ID if it has none."""
    with journal.transaction():
        slot = find_slot(journal, mail_key)
        if slot is not None:
            return slot
        journal.execute(
            load_query("report", "insert_mail"),
            mail_key=mail_key,
            kind=kind,
            message_id=_compute_message_id(mail_key, domain),
            now=write_instant(now),
        )
    made = find_slot(journal, mail_key)
    assert made is not None, mail_key  # noqa: S101 inserted above
    return made


def _compute_message_id(mail_key: str, domain: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", mail_key.lower()).strip("-")
    place = re.sub(r"[^A-Za-z0-9.-]+", "", domain) or "inventory-pipeline.invalid"
    return f"<{stem}.{uuid4().hex[:16]}@{place}>"


def find_previous(journal: Journal, *, kind: str, before: int | None) -> MailSlot | None:
    """Return the newest sent mail of ``kind``, or the newest one numbered below ``before``."""
    rows = journal.query(
        load_query("report", "find_previous_mail"), kind=kind, before=before or 2**62
    )
    return find_slot(journal, rows[0]["mail_key"]) if rows else None


def save_attempt(journal: Journal, slot: MailSlot, *, subject: str) -> None:
    """Write down that the mail is about to go out, before it does."""
    _update(journal, slot.mail_key, state="sending", subject=subject, tries=1)


def save_sent(journal: Journal, slot: MailSlot, *, subject: str, now: datetime) -> None:
    """Write down that every recipient has it."""
    _update(journal, slot.mail_key, state="sent", subject=subject, sent_at=write_instant(now))


def save_failed(
    journal: Journal,
    slot: MailSlot,
    *,
    subject: str,
    error: str,
    accepted: Sequence[str],
    now: datetime,
) -> None:
    """Write down that it is not out, and who has it all the same."""
    with journal.transaction():
        _update(journal, slot.mail_key, state="failed", subject=subject, error=error)
        if accepted:
            journal.append_event("mail_accepted", slot.mail_key, list(accepted), now=now)


def find_accepted(journal: Journal, mail_key: str) -> set[str]:
    """Return the recipients that took the mail in an attempt others refused."""
    rows = journal.query(load_query("report", "find_accepted"), mail_key=mail_key)
    return {name for row in rows for name in json.loads(row["details"])}


@contextmanager
def hold(journal: Journal, mail_key: str, *, now: datetime) -> Iterator[None]:
    """Be the one process that sends this mail.

    Raises:
        StoreBusyError: another one is sending it now.
    """
    name, holder = f"mail:{mail_key}", f"{os.uname().nodename}:{os.getpid()}:{uuid4().hex[:8]}"
    if journal.take_lease(name, holder, now=now, life=LEASE) is None:
        raise StoreBusyError(f"another process is sending {mail_key} now; look again in a minute")
    try:
        yield
    finally:
        journal.drop_lease(name, holder)


def _update(journal: Journal, mail_key: str, **values: Any) -> None:
    blank = {"subject": "", "tries": 0, "sent_at": None, "error": ""}
    journal.execute(load_query("report", "update_mail"), mail_key=mail_key, **{**blank, **values})


def _read_slot(row: dict[str, Any]) -> MailSlot:
    return MailSlot(
        mail_key=row["mail_key"],
        kind=row["kind"],
        sequence=row["sequence"],
        message_id=row["message_id"],
        subject=row["subject"],
        state=row["state"],
        attempts=row["attempts"],
        sent_at=read_instant(row["sent_at"]) if row["sent_at"] else None,
        error=row["error"],
    )
