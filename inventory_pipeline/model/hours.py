"""Hours: the partition of everything. Every stored instant is UTC."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inventory_pipeline.errors import UsageError

HOUR = timedelta(hours=1)


def parse_hour(text: str) -> datetime:
    """Read ``2026-04-06T10:00Z`` or ``2026-04-06T10`` as the UTC instant the hour starts.

    Raises:
        UsageError: the text is no hour, has minutes, or names an offset that is not UTC.
    """
    cleaned = text.strip().replace(" ", "T")
    if len(cleaned.rstrip("Z")) == len("2026-04-06T10"):
        cleaned = cleaned.rstrip("Z") + ":00Z"
    try:
        moment = datetime.fromisoformat(cleaned)
    except ValueError:
        raise UsageError(f"{text!r} is no hour; write it as 2026-04-06T10:00Z") from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if moment != floor_hour(moment):
        raise UsageError(f"{text!r} is not the start of an hour; write it as 2026-04-06T10:00Z")
    return moment


def parse_instant(text: str) -> datetime:
    """Read an instant with its offset, such as ``2026-04-06T10:20:00Z``.

    Raises:
        UsageError: the text is no instant, or names no offset.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is no instant; write it as 2026-04-06T10:20:00Z") from None
    if moment.tzinfo is None:
        raise UsageError(f"{text!r} names no offset; write it as 2026-04-06T10:20:00Z")
    return moment.astimezone(UTC)


def floor_hour(moment: datetime) -> datetime:
    """Return the start of the UTC hour that contains ``moment``."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def compute_slug(hour_at: datetime) -> str:
    """Return the hour as file names and ``{hour}`` write it: ``2026-04-06T10``."""
    return hour_at.astimezone(UTC).strftime("%Y-%m-%dT%H")


def read_slug(slug: str) -> datetime:
    """Return the hour that ``compute_slug`` wrote."""
    return datetime.strptime(slug, "%Y-%m-%dT%H").replace(tzinfo=UTC)


def compute_key(hour_at: datetime) -> str:
    """Return the hour as people and partitions write it: ``2026-04-06T10:00Z``."""
    return hour_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def find_hours(start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield every hour from ``start`` to ``end``, both included."""
    hour_at = floor_hour(start)
    while hour_at <= end:
        yield hour_at
        hour_at += HOUR


def find_hours_of_day(day: date, zone: ZoneInfo) -> list[datetime]:
    """Return the UTC hours of one local calendar day: 23, 24 or 25 of them.

    A zone whose offset is not whole hours (Asia/Kolkata) gets the hours that start in the day.
    """
    first = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    last = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    start = floor_hour(first)
    return [h for h in find_hours(start, last - timedelta(microseconds=1)) if h >= first]
