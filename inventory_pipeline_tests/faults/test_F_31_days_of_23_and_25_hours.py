"""F-31: on the nights the clock moves, a whole day has 23 or 25 hours and may be all clear."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.report.step import send_report, write_report
from inventory_pipeline_tests.support.report_day import ZONE
from inventory_pipeline_tests.support.report_house import (
    Postbox,
    StoppedClock,
    make_house,
    record_hours,
)

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
MORNINGS = {
    SPRING: datetime(2026, 3, 9, 14, tzinfo=UTC),
    AUTUMN: datetime(2026, 11, 2, 15, tzinfo=UTC),
}


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_F_31_a_day_with_a_moved_clock_is_all_clear_when_every_hour_was_checked(
    tmp_path: Path, day: date, hours: int
):
    house = make_house(tmp_path, StoppedClock(MORNINGS[day]))
    record_hours(house, find_hours_of_day(day, ZONE))
    report = write_report(house, day)
    assert report.summary.status == "ALL CLEAR"
    assert f"{hours} of {hours} hours" in report.subject


def test_F_31_the_hour_that_comes_twice_is_two_hours(tmp_path: Path):
    house = make_house(tmp_path, StoppedClock(MORNINGS[AUTUMN]))
    hours = find_hours_of_day(AUTUMN, ZONE)
    clocks = [f"{hour.astimezone(ZONE):%H:%M %Z}" for hour in hours]
    assert clocks[1:3] == ["01:00 PDT", "01:00 PST"]
    record_hours(house, [*hours[:1], *hours[2:]])
    report = write_report(house, AUTUMN)
    assert report.summary.status == "INCOMPLETE"
    assert "24 of 25 hours" in report.subject
    assert "Never ran (1): 01:00 PDT." in report.text


def test_F_31_a_day_of_24_checked_hours_is_not_enough_when_it_had_25(tmp_path: Path):
    house = make_house(tmp_path, StoppedClock(MORNINGS[AUTUMN]))
    record_hours(house, find_hours_of_day(AUTUMN, ZONE)[:24])
    assert write_report(house, AUTUMN).summary.status == "INCOMPLETE"


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_F_31_the_mail_is_due_at_seven_on_the_clock_people_see(tmp_path: Path, day: date):
    clock = StoppedClock(MORNINGS[day] - timedelta(days=1))
    house, postbox = make_house(tmp_path, clock), Postbox()
    record_hours(house, find_hours_of_day(day - timedelta(days=1), ZONE))
    report, _ = send_report(house, postbox, day - timedelta(days=1))
    due = report.summary.mail
    assert due.due_at.astimezone(ZONE).hour == 7
    assert due.next_due_at == MORNINGS[day]
