"""The outside witness: is the pipeline alive, and is all clear? Silence is the alarm (ACL-02).

It reads the heartbeat file and the journal, never the warehouse, and needs nothing of ours
to be running. Light on purpose: no engine and no scheduler is imported here.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from inventory_pipeline.errors import InventoryPipelineError, NoDataError, StoreError
from inventory_pipeline.report.heartbeat import FILE_NAME, Heartbeat, load_heartbeat
from inventory_pipeline.report.timetable import compute_due_at, find_last_due_day
from inventory_pipeline.report.words import render_age, render_count, render_moment
from inventory_pipeline.store.journal import Journal, open_journal, read_instant
from inventory_pipeline.store.queries import load_query

CLEAR, ATTENTION, SILENT = 0, 1, 2
VERDICTS = {CLEAR: "alive and all clear", ATTENTION: "alive, needs attention", SILENT: "silent"}
# A clock may run ahead by this much before its signature is not believed.
CLOCK_SLACK = timedelta(minutes=5)
# The journal is asked once and briefly: a locked one must not silence the witness.
PATIENCE_MILLISECONDS = 500


@dataclass(frozen=True)
class MailRule:
    """When the daily mail is due."""

    at: time
    grace: timedelta
    zone: ZoneInfo


@dataclass(frozen=True)
class Sign:
    """One thing the witness saw, and how bad it is: 0, 1 or 2."""

    level: int
    name: str
    text: str


@dataclass(frozen=True)
class Witness:
    """What all signs say together: the worst of them."""

    signs: tuple[Sign, ...]

    @property
    def level(self) -> int:
        return max(sign.level for sign in self.signs)


def look(
    storage: Path, journal_path: Path, *, rule: MailRule, max_age: timedelta, now: datetime
) -> Witness:
    """Look at one installation from outside; read only, in any state it may be in."""
    try:
        heartbeat = load_heartbeat(storage / FILE_NAME)
    except (NoDataError, StoreError) as error:
        return Witness((Sign(SILENT, "heartbeat", str(error)),))
    state = find_mail_state(
        journal_path, find_last_due_day(now, at=rule.at, zone=rule.zone, grace=rule.grace)
    )
    return compute_witness(heartbeat, state, rule=rule, max_age=max_age, now=now)


@dataclass(frozen=True)
class MailState:
    """What the journal says of the mail of ``day``.

    Attributes:
        state: sent, due, sending, failed; ``""`` if there is none; ``unread`` if the
            journal could not be asked.
    """

    day: date
    state: str
    sent_at: datetime | None = None
    error: str = ""


def find_mail_state(path: Path, day: date) -> MailState:
    """Ask the journal, read only, for one day's mail."""
    if not path.exists():
        return MailState(day, "unread", error=f"{path} does not exist")
    try:
        with open_journal(path, read_only=True) as journal:
            return _ask(journal, day)
    except InventoryPipelineError as error:
        return MailState(day, "unread", error=str(error))


def _ask(journal: Journal, day: date) -> MailState:
    journal.query(f"pragma busy_timeout = {PATIENCE_MILLISECONDS}")
    rows = journal.query(load_query("report", "find_mail"), mail_key=f"daily:{day.isoformat()}")
    if not rows:
        return MailState(day, "")
    sent_at = rows[0]["sent_at"]
    return MailState(
        day, rows[0]["state"], read_instant(sent_at) if sent_at else None, rows[0]["error"]
    )


def compute_witness(
    heartbeat: Heartbeat, mail: MailState, *, rule: MailRule, max_age: timedelta, now: datetime
) -> Witness:
    """Judge what was seen.

    Args:
        heartbeat: the file's content.
        mail: what the journal says of the newest mail that should be out.
        rule: when it was due.
        max_age: an older last run is silence.
        now: the clock.
    """
    return Witness(
        (
            _judge_life(heartbeat, max_age, now),
            _judge_hour(heartbeat, rule.zone),
            _judge_mail(heartbeat, mail, rule),
            *_judge_last_status(heartbeat),
        )
    )


def _judge_life(heartbeat: Heartbeat, max_age: timedelta, now: datetime) -> Sign:
    signed_at = heartbeat.run_at or heartbeat.installed_at
    age = now - signed_at
    if age < -CLOCK_SLACK:
        ahead = render_age(-age)
        return Sign(SILENT, "heartbeat", f"signed {ahead} in the future: a clock is wrong")
    if age > max_age:
        words = f"no hourly run for {render_age(age)}, at most {render_age(max_age)} is alive"
        return Sign(SILENT, "heartbeat", words)
    if heartbeat.run_at is None:
        return Sign(CLEAR, "heartbeat", f"installed {render_age(age)} ago, no hour run yet")
    return Sign(CLEAR, "heartbeat", f"last hourly run {render_age(age)} ago")


def _judge_hour(heartbeat: Heartbeat, zone: ZoneInfo) -> Sign:
    if heartbeat.hour_at is None:
        return Sign(CLEAR, "hour", "no hour checked yet")
    hour = f"hour {render_moment(heartbeat.hour_at, zone)}: {heartbeat.cycle_status}"
    majors = render_count(heartbeat.open_majors, "major finding")
    words = f"{hour}, {majors} and {heartbeat.open_notables:,} notable open"
    is_clear = not (heartbeat.open_majors or heartbeat.open_notables)
    is_clear = is_clear and heartbeat.cycle_status in ("clear", "drift")
    return Sign(CLEAR if is_clear else ATTENTION, "hour", words)


def _judge_mail(heartbeat: Heartbeat, mail: MailState, rule: MailRule) -> Sign:
    due_at = compute_due_at(mail.day, at=rule.at, zone=rule.zone)
    name = f"the mail of {mail.day.isoformat()}"
    if heartbeat.installed_at > due_at:
        return Sign(CLEAR, "mail", "installed since the last mail was due; none is missed yet")
    if mail.state == "sent":
        return Sign(CLEAR, "mail", f"{name} went out {render_moment(mail.sent_at, rule.zone)}")
    known = heartbeat.last_mail
    if mail.state == "unread":
        if known is not None and known.day >= mail.day.isoformat():
            return Sign(CLEAR, "mail", f"{name} went out, says the heartbeat ({mail.error})")
        return Sign(SILENT, "mail", f"{name} is not known to be out: {mail.error}")
    why = f": {mail.error}" if mail.error else ""
    state = mail.state or "not begun"
    due = render_moment(due_at, rule.zone)
    return Sign(SILENT, "mail", f"{name} was due {due} and is {state}{why}")


def _judge_last_status(heartbeat: Heartbeat) -> tuple[Sign, ...]:
    last = heartbeat.last_mail
    if last is None:
        return ()
    level = CLEAR if last.status == "ALL CLEAR" else ATTENTION
    return (Sign(level, "day", f"mail #{last.sequence} of {last.day} said {last.status}"),)
