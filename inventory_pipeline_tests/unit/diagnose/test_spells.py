"""Spells: what coming back tells."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from inventory_pipeline.diagnose.case import Change
from inventory_pipeline.diagnose.spells import Spell, count_days_running, find_return_change

ZONE = ZoneInfo("America/Los_Angeles")


def day(number: int, hour: int = 18) -> datetime:
    return datetime(2026, 5, number, hour, tzinfo=UTC)


def spell(opened: datetime, last: datetime | None = None) -> Spell:
    return Spell(opened, last or opened + timedelta(hours=2))


def change(moment: datetime, system: str = "hub") -> Change:
    return Change(moment, system, "version", "connector", "1", "2", "ops")


def test_days_running_count_back_from_the_newest_and_stop_at_a_hole() -> None:
    days = [spell(day(n)) for n in (1, 4, 5, 6)]

    assert count_days_running(days, ZONE) == 3
    assert count_days_running(days[:2], ZONE) == 1
    assert count_days_running([], ZONE) == 0


def test_days_are_those_of_the_business() -> None:
    late, early = datetime(2026, 5, 2, 5, tzinfo=UTC), datetime(2026, 5, 2, 9, tzinfo=UTC)

    assert count_days_running([spell(late), spell(early)], ZONE) == 2
    assert count_days_running([spell(late), spell(early)], ZoneInfo("UTC")) == 1


def test_a_change_between_clearing_and_coming_back_is_linked() -> None:
    spells = [spell(day(1, 8), day(1, 12)), spell(day(3))]

    assert find_return_change(spells, [change(day(3, 10))], ["hub"]) == change(day(3, 10))


def test_a_change_before_the_clearing_after_the_return_or_elsewhere_is_not() -> None:
    spells = [spell(day(1, 8), day(1, 12)), spell(day(3))]
    others = [change(day(1, 9)), change(day(4)), change(day(2), system="crm")]

    assert find_return_change(spells, others, ["hub"]) is None
    assert find_return_change(spells[:1], [change(day(2))], ["hub"]) is None
