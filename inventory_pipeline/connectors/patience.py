"""Patience: how long to wait before asking (again). Pure; nobody sleeps here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
# Numbers above this are points in time, not lengths (2001-09-09 in Unix seconds).
_EPOCH_FROM = 1_000_000_000
_MILLISECONDS_FROM = 100_000_000_000


def compute_backoff(tries: int, jitter: float) -> float:
    """Return seconds to wait after the n-th failure: doubling, capped, half of it by chance."""
    longest: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 16))
    return longest * (0.5 + jitter / 2)


def stretch(asked_seconds: float, jitter: float) -> float:
    """Return a little more than what was asked, so that not everybody comes back at once."""
    return asked_seconds + min(5.0, asked_seconds * 0.1) * jitter


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds ``Retry-After`` asks for, or None if it is absent or garbage."""
    text = headers.get("retry-after", "").strip()
    seconds = _parse_number(text)
    if seconds is not None:
        return seconds
    until = parse_http_date(text)
    if until is None:
        return None
    clock = parse_http_date(headers.get("date", "")) or now
    return max(0.0, (until - clock).total_seconds())


def parse_reset(text: str, now: datetime, *, in_milliseconds: bool = False) -> float | None:
    """Return the seconds until a rate limit is lifted: a length, a Unix time or a date.

    Args:
        in_milliseconds: lengths count milliseconds.
    """
    value = _parse_number(text.strip())
    if value is None:
        until = parse_http_date(text)
        return None if until is None else max(0.0, (until - now).total_seconds())
    if value >= _MILLISECONDS_FROM:
        value /= 1000
    if value >= _EPOCH_FROM:
        return max(0.0, value - now.timestamp())
    return value / 1000 if in_milliseconds else value


def find_rate(own: float | None, announced: str) -> float | None:
    """Return the questions a second that both we and the source allow; None: no limit is known."""
    rate = _parse_number(announced.strip())
    return min(filter(None, (own, rate)), default=None)


def parse_http_date(text: str) -> datetime | None:
    """Read a date as HTTP headers write it, or return None."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _parse_number(text: str) -> float | None:
    whole, _, rest = text.partition(".")
    is_number = text.isascii() and whole.isdigit() and (rest.isdigit() or not rest)
    return float(text[:20]) if is_number and len(whole) <= 15 else None
