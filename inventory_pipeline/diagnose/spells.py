"""Spells: the times one finding was open, and what its coming back tells (DIA-15, PRV-06)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from inventory_pipeline.diagnose.case import Change

# Cleared and back on so many days running is how the systems are built, not bad data.
DAYS_RUNNING = 3
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spell:
    """One time that a finding was open: since when, and the last hour it was seen in."""

    opened_at: datetime
    last_at: datetime


def count_days_running(spells: Sequence[Spell], zone: ZoneInfo) -> int:
    """Return on how many business days in a row, up to the newest, the finding opened again."""
    days = sorted({spell.opened_at.astimezone(zone).date() for spell in spells}, reverse=True)
    running = 0
    for day in days:
        if days[0] - day != running * A_DAY:
            break
        running += 1
    return running


def find_return_change(
    spells: Sequence[Spell], changes: Iterable[Change], systems: Iterable[str]
) -> Change | None:
    """Return the newest change between the last clearing and the coming back; None: no such.

    Args:
        systems: whose changes may have brought it back.
    """
    if len(spells) < 2:
        return None
    cleared_at, back_at = spells[-2].last_at, spells[-1].opened_at + timedelta(hours=1)
    wanted = set(systems)
    between = [c for c in changes if cleared_at < c.at <= back_at and c.system in wanted]
    return max(between, key=lambda c: c.at, default=None)
