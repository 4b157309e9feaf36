"""The day in one immutable model: everything the mail says, and nothing it does not.

Units are whole eaches; every delta is observed - expected; instants are UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from inventory_pipeline.report.asks import Ask
from inventory_pipeline.report.measures import (
    Accuracy,
    CostLine,
    Risk,
    Structural,
    TrendDay,
)
from inventory_pipeline.report.outbox import NOTHING, Outbox

Status = Literal["ALL CLEAR", "ATTENTION", "INCOMPLETE"]
# done: a check finished. failed: it raised. died: it began and never ended. missed: declared
# past recovery. never_ran: nothing is known of it. pending: its time has not come.
HourState = Literal["done", "failed", "died", "missed", "never_ran", "pending"]


@dataclass(frozen=True)
class Hour:
    """One hour of the local day.

    Attributes:
        cycle_status: clear, drift, incomplete; empty unless done.
        compared: comparisons made in it.
        note: why it failed or was incomplete, in the words recorded then.
    """

    hour_at: datetime
    state: HourState
    cycle_status: str = ""
    compared: int = 0
    note: str = ""


@dataclass(frozen=True)
class Attendance:
    """The hours of one local calendar day: 23, 24 or 25 of them.

    Attributes:
        is_over: the day has ended on the clock, or every hour of it is done.
    """

    hours: tuple[Hour, ...]
    is_over: bool

    @property
    def expected(self) -> int:
        return len(self.hours)

    @property
    def done(self) -> int:
        return len(self.find("done"))

    def find(self, state: HourState) -> tuple[Hour, ...]:
        """Return the hours in ``state``, oldest first."""
        return tuple(hour for hour in self.hours if hour.state == state)


@dataclass(frozen=True)
class Source:
    """What one feed of one system gave in the hours that were checked.

    Attributes:
        hours: hours in which it was wanted.
        complete: hours in which it was whole and fresh.
        others: (status, hours) of the rest; ``silent`` where nothing was recorded at all.
        source_at: newest as-of time of the source itself.
        keys: distinct keys of its newest snapshot.
        reason: why the newest hour that was not complete was not, in recorded words.
    """

    system: str
    feed: str
    hours: int
    complete: int
    others: tuple[tuple[str, int], ...]
    source_at: datetime | None
    keys: int
    reason: str

    @property
    def is_whole(self) -> bool:
        return self.complete >= self.hours > 0


@dataclass(frozen=True)
class MirrorCount:
    """One mirror rule in the last finished check: what agreed is counted too (REC-07)."""

    mirror: str
    fact: str
    compared: int
    matched: int
    in_flight: int
    lagging: int
    differing: int
    unknown: int


@dataclass(frozen=True)
class Counts:
    """Comparisons of the last finished check, mirror by mirror, and of the whole day."""

    hour_at: datetime | None = None
    mirrors: tuple[MirrorCount, ...] = ()
    compared_day: int = 0

    @property
    def compared(self) -> int:
        return sum(mirror.compared for mirror in self.mirrors)

    @property
    def matched(self) -> int:
        return sum(mirror.matched for mirror in self.mirrors)

    @property
    def in_flight(self) -> int:
        return sum(mirror.in_flight + mirror.lagging for mirror in self.mirrors)

    @property
    def differing(self) -> int:
        return sum(mirror.differing for mirror in self.mirrors)

    @property
    def unknown(self) -> int:
        return sum(mirror.unknown for mirror in self.mirrors)


@dataclass(frozen=True)
class FindingLine:
    """One finding as a person reads it.

    Attributes:
        subject: what it is about where it is not an item; ours to show, theirs to name.
        recurrence: how often it opened; 1 is the first time.
        details: JSON of the room that found it.
        cause: why it is there, by the catalogue's name; empty: nobody looked.
        sentence: the same for people, with the fix and the next step.
    """

    finding_id: str
    kind: str
    fact: str
    sku: str
    location_id: str
    mirror: str
    owner: str
    subject: str
    finding_class: str
    symptom: int | None
    severity: str
    delta_units: int | None
    owner_units: int | None
    observed_units: int | None
    expected_units: int | None
    first_seen_at: datetime
    opened_at: datetime
    streak: int
    recurrence: int
    is_settled: bool
    money_at_risk: float | None
    details: str
    cause: str = ""
    sentence: str = ""
    asked: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class Findings:
    """Open findings at the day's end: counted whole, listed where judgement is needed.

    Attributes:
        listed: majors and notables, worst first, at most as many as a mail bears.
        needing: how many of them there are; the rest of them is in the attachment.
        minors: the first minor ones; named, not judged.
        settling: how many minors are still within the checks they may last.
        by_class, by_symptom: (word, count) over all open ones.
        by_cause: (cause, count) over those that need judgement.
        cleared: the first few of what cleared within the day.
        opened_since: majors that opened after the day's end and are still open.
    """

    major: int = 0
    notable: int = 0
    minor: int = 0
    listed: tuple[FindingLine, ...] = ()
    needing: int = 0
    minors: tuple[FindingLine, ...] = ()
    settling: int = 0
    by_class: tuple[tuple[str, int], ...] = ()
    by_symptom: tuple[tuple[int, int], ...] = ()
    by_cause: tuple[tuple[str, int], ...] = ()
    negative_stock: tuple[FindingLine, ...] = ()
    cleared: tuple[FindingLine, ...] = ()
    cleared_total: int = 0
    opened_since: int = 0
    since_at: datetime | None = None

    @property
    def total(self) -> int:
        return self.major + self.notable + self.minor


@dataclass(frozen=True)
class Backlog:
    """Hours of the trend window without a finished check (ING-10)."""

    hours: int = 0
    oldest_at: datetime | None = None
    newest_checked_at: datetime | None = None


@dataclass(frozen=True)
class MailFacts:
    """Where this mail stands in the row of mails, so that a reader sees a hole.

    Attributes:
        sequence: its number; None for a day that was never to be mailed.
        sent_at: when it went out, seen from a later look at the same day.
    """

    sequence: int | None
    due_at: datetime
    next_due_at: datetime
    previous_sequence: int | None = None
    previous_sent_at: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True)
class DaySummary:
    """One local calendar day, judged.

    Attributes:
        authority: (fact, problem) of every fact without exactly one owner.
        overdue: reviews that are late, in words; they spoil nothing.
        reasons: why the day is not all clear; empty exactly when it is.
        heartbeat_at: when the last hourly run signed the heartbeat file.
    """

    day: date
    business: str
    zone: ZoneInfo
    currency: str
    written_at: datetime
    status: Status
    reasons: tuple[str, ...]
    attendance: Attendance
    sources: tuple[Source, ...]
    counts: Counts
    findings: Findings
    authority: tuple[tuple[str, str], ...]
    overdue: tuple[str, ...]
    accuracy: Accuracy
    structural: Structural
    oversell: Risk
    lost_sales: Risk
    trend: tuple[TrendDay, ...]
    costs: tuple[CostLine, ...]
    proposals: tuple[Ask, ...]
    tasks: tuple[Ask, ...]
    backlog: Backlog
    heartbeat_at: datetime | None
    mail: MailFacts
    outbox: Outbox = NOTHING
    base_url: str | None = None

    @property
    def as_of(self) -> datetime:
        """Return the instant ages are told from: a day reported late is told as of its morning."""
        return min(self.written_at, self.mail.due_at)
