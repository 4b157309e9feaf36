"""How numbers, instants and other people's text are written for a person."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

NAME_LIMIT = 64
# Letters, marks, digits, punctuation, symbols and the plain space may be shown as they are.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def neutralise(text: str, *, limit: int = NAME_LIMIT) -> str:
    """Return a stranger's text so that it can only be read.

    Controls, bidi marks, zero-width and lone surrogates become ``‹202E›``; ``://`` is
    broken so that no mail client makes a link of it; a long text is cut and says so.
    """
    shown = "".join(_show(character) for character in text[:limit]).replace("://", "[:]//")
    return shown if len(text) <= limit else f"{shown}… ({len(text):,} characters)"


def _show(character: str) -> str:
    if unicodedata.category(character) in _HIDDEN or (character.isspace() and character != " "):
        return f"‹{ord(character):04X}›"
    return character


def clean_header(text: str, *, limit: int = 60) -> str:
    """Return a text fit for a mail header: one line, no encoded word, no brackets.

    ``=?`` is broken because Python 3.11.7 decodes encoded words, line breaks included,
    when a header is set (CVE-2024-6923).
    """
    flat = "".join(
        " " if unicodedata.category(c) in _HIDDEN or c.isspace() else c for c in text[:1000]
    )
    flat = re.sub(r"[\[\]<>]", " ", flat).replace("=?", "= ?").replace("?=", "? =")
    return " ".join(flat.split())[:limit].strip()


def render_units(units: int | None) -> str:
    """Write eaches; an unknown number is a word, never a zero."""
    return "unknown" if units is None else f"{units:,}"


def render_delta(units: int | None) -> str:
    """Write a difference with its sign: ``+2`` over-advertises, ``-8`` hides units."""
    return "unknown" if units is None else f"{units:+,}"


def render_share(share: float | None, *, digits: int = 1) -> str:
    """Write a share as percent; only a whole is ``100%``, only nothing is ``0%``."""
    if share is None:
        return "unknown"
    if share in (0, 1):
        return f"{share:.0%}"
    least = 10**-digits
    return f"{min(max(share * 100, least), 100 - least):.{digits}f}%"


def render_count(number: int, noun: str, plural: str = "") -> str:
    """Write ``1 hour``, ``24 hours``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def render_moment(moment: datetime | None, zone: ZoneInfo) -> str:
    """Write an instant on the business's clock: ``2026-04-06 07:00 PDT``."""
    return "never" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def render_age(age: timedelta) -> str:
    """Write how long ago in the two largest units: ``2 d 4 h``, ``25 min``."""
    minutes = max(0, int(age.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min"


def render_list(names: Sequence[str], *, limit: int = 6) -> str:
    """Write the first few names and how many are left: ``A, B and 4 more``."""
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit:,} more"


def render_money(amount: float, currency: str) -> str:
    """Write an amount to the cent, its currency first."""
    return f"{currency} {amount:,.2f}"


def render_details(details: str, *, limit: int = 160) -> str:
    """Write a finding's JSON details as ``ordered 3, shipped 2``; nothing to say is ``""``."""
    try:
        known = json.loads(details)
    except ValueError:
        return neutralise(details, limit=limit)
    if not isinstance(known, dict):
        return neutralise(details, limit=limit) if known else ""
    return neutralise(_render_facts(known), limit=limit)


def _render_facts(known: Mapping[str, object]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {_render_value(value)}"
        for name, value in known.items()
        if value not in (None, "", [], {})
    )


def _render_value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return f"({_render_facts(value)})"
    if isinstance(value, list):
        return " ".join(_render_value(each) for each in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)
