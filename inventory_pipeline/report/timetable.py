"""When a day is, and when its mail is due, on the business's own clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def compute_due_at(day: date, *, at: time, zone: ZoneInfo) -> datetime:
    """Return when the mail about local calendar ``day`` is due: the next morning, in UTC.

    A clock time that spring skips counts as the same time before the clock moved.
    """
    return datetime.combine(day + DAY, at, tzinfo=zone).astimezone(UTC)


def find_last_due_day(now: datetime, *, at: time, zone: ZoneInfo, grace: timedelta) -> date:
    """Return the newest day whose mail should be out at ``now``, ``grace`` included."""
    day = now.astimezone(zone).date()
    while compute_due_at(day, at=at, zone=zone) + grace > now:
        day -= DAY
    return day


def find_next_due_at(after: datetime, *, at: time, zone: ZoneInfo) -> datetime:
    """Return the first instant after ``after`` at which a mail is due."""
    day = after.astimezone(zone).date() - 2 * DAY
    while compute_due_at(day, at=at, zone=zone) <= after:
        day += DAY
    return compute_due_at(day, at=at, zone=zone)
