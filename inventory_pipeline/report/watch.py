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
# Longer than any run may last; Dagster ends one after 90 minutes.
LONGEST_RUN = timedelta(hours=2)
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
    day = find_last_due_day(now, at=rule.at, zone=rule.zone, grace=rule.grace)
    logged = read_log(journal_path, day)
    return compute_witness(heartbeat, logged, rule=rule, max_age=max_age, now=now)


@dataclass(frozen=True)
class Logged:
    """What the journal says.

    Attributes:
        day: the newest day whose mail should be out.
        mail_state: sent, due, sending, failed; empty if that mail was never begun.
        run_state: of the newest hourly run: started, done, failed; empty before the first.
        unread: why the journal could not be asked; then nothing else is known.
    """

    day: date
    mail_state: str = ""
    sent_at: datetime | None = None
    mail_error: str = ""
    run_state: str = ""
    run_subject: str = ""
    run_error: str = ""
    run_started_at: datetime | None = None
    unread: str = ""


def read_log(path: Path, day: date) -> Logged:
    """Ask the journal, read only and briefly, for one day's mail and for the newest run."""
    if not path.exists():
        return Logged(day, unread=f"{path} does not exist")
    try:
        with open_journal(path, read_only=True) as journal:
            return _ask(journal, day)
    except InventoryPipelineError as error:
        return Logged(day, unread=str(error))


def _ask(journal: Journal, day: date) -> Logged:
    journal.query(f"pragma busy_timeout = {PATIENCE_MILLISECONDS}")
    mails = journal.query(load_query("report", "find_mail"), mail_key=f"daily:{day.isoformat()}")
    runs = journal.query(load_query("report", "find_newest_run"))
    mail, run = mails[0] if mails else {}, runs[0] if runs else {}
    return Logged(
        day,
        mail_state=mail.get("state", ""),
        sent_at=_read(mail.get("sent_at")),
        mail_error=mail.get("error", ""),
        run_state=run.get("state", ""),
        run_subject=run.get("subject", ""),
        run_error=run.get("error", ""),
        run_started_at=_read(run.get("started_at")),
    )


def _read(text: str | None) -> datetime | None:
    return read_instant(text) if text else None


def compute_witness(
    heartbeat: Heartbeat, logged: Logged, *, rule: MailRule, max_age: timedelta, now: datetime
) -> Witness:
    """Judge what was seen.

    Args:
        heartbeat: the file's content.
        logged: what the journal says.
        rule: when it was due.
        max_age: an older last run is silence.
        now: the clock.
    """
    return Witness(
        (
            _judge_life(heartbeat, max_age, now),
            _judge_hour(heartbeat, rule.zone),
            *_judge_run(logged, now),
            _judge_mail(heartbeat, logged, rule),
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


def _judge_run(logged: Logged, now: datetime) -> tuple[Sign, ...]:
    """A run that fails signs nothing; the journal knows of it long before silence is an alarm."""
    if logged.run_state == "failed":
        words = f"{logged.run_subject} failed: {logged.run_error}"
        return (Sign(ATTENTION, "run", words),)
    started_at = logged.run_started_at
    if logged.run_state == "started" and started_at and now - started_at > LONGEST_RUN:
        words = f"{logged.run_subject} began {render_age(now - started_at)} ago and never ended"
        return (Sign(ATTENTION, "run", words),)
    return ()


def _judge_mail(heartbeat: Heartbeat, logged: Logged, rule: MailRule) -> Sign:
    due_at = compute_due_at(logged.day, at=rule.at, zone=rule.zone)
    name = f"the mail of {logged.day.isoformat()}"
    if heartbeat.installed_at > due_at:
        return Sign(CLEAR, "mail", "installed since the last mail was due; none is missed yet")
    if logged.mail_state == "sent":
        return Sign(CLEAR, "mail", f"{name} went out {render_moment(logged.sent_at, rule.zone)}")
    if logged.unread:
        return _judge_unread(heartbeat, logged, name)
    why = f": {logged.mail_error}" if logged.mail_error else ""
    state = logged.mail_state or "not begun"
    due = render_moment(due_at, rule.zone)
    return Sign(SILENT, "mail", f"{name} was due {due} and is {state}{why}")


def _judge_unread(heartbeat: Heartbeat, logged: Logged, name: str) -> Sign:
    known = heartbeat.last_mail
    if known is not None and known.day >= logged.day.isoformat():
        return Sign(CLEAR, "mail", f"{name} went out, says the heartbeat ({logged.unread})")
    return Sign(SILENT, "mail", f"{name} is not known to be out: {logged.unread}")


def _judge_last_status(heartbeat: Heartbeat) -> tuple[Sign, ...]:
    last = heartbeat.last_mail
    if last is None:
        return ()
    level = CLEAR if last.status == "ALL CLEAR" else ATTENTION
    return (Sign(level, "day", f"mail #{last.sequence} of {last.day} said {last.status}"),)
