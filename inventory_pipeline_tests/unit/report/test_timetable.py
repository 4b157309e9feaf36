"""Timetable: the mail about a day is due the next morning, on the business's clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.report.timetable import (
    compute_due_at,
    find_last_due_day,
    find_next_due_at,
)

ZONE = ZoneInfo("America/Los_Angeles")
SEVEN = time(7)
MOMENTS = st.integers(1_735_689_600, 1_830_297_600).map(lambda s: datetime.fromtimestamp(s, UTC))
ZONES = st.sampled_from(
    ["UTC", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
)


@pytest.mark.parametrize(
    ("day", "due_at"),
    [
        (date(2026, 4, 6), datetime(2026, 4, 7, 14, tzinfo=UTC)),
        (date(2026, 3, 7), datetime(2026, 3, 8, 14, tzinfo=UTC)),
        (date(2026, 10, 31), datetime(2026, 11, 1, 15, tzinfo=UTC)),
    ],
)
def test_the_mail_is_due_at_seven_whatever_the_clock_did_in_the_night(day: date, due_at: datetime):
    assert compute_due_at(day, at=SEVEN, zone=ZONE) == due_at


def test_a_clock_time_that_spring_skips_still_comes():
    skipped = compute_due_at(date(2026, 3, 7), at=time(2, 30), zone=ZONE)
    assert skipped == datetime(2026, 3, 8, 10, 30, tzinfo=UTC)


@given(
    MOMENTS,
    st.times(),
    ZONES,
    st.integers(0, 720),
)
def test_exactly_one_day_is_the_last_one_due(now: datetime, at: time, name: str, minutes: int):
    zone, grace = ZoneInfo(name), timedelta(minutes=minutes)
    day = find_last_due_day(now, at=at.replace(microsecond=0), zone=zone, grace=grace)
    rule = {"at": at.replace(microsecond=0), "zone": zone}
    assert compute_due_at(day, **rule) + grace <= now
    assert compute_due_at(day + timedelta(days=1), **rule) + grace > now


@given(MOMENTS, ZONES)
def test_the_next_mail_is_always_ahead_and_at_most_a_long_day_away(now: datetime, name: str):
    ahead = find_next_due_at(now, at=SEVEN, zone=ZoneInfo(name)) - now
    assert timedelta(0) < ahead <= timedelta(hours=49 if name == "Pacific/Apia" else 25)
