"""F-90: somebody switches the schedule off: no error is raised anywhere, so silence must speak."""

from datetime import timedelta
from pathlib import Path

import pytest

from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.report.step import send_report
from inventory_pipeline.report.watch import MailRule, Witness, look
from inventory_pipeline.wiring.house import House
from inventory_pipeline_tests.support.report_day import DAY, MORNING, ZONE
from inventory_pipeline_tests.support.report_house import (
    Postbox,
    StoppedClock,
    make_house,
    record_hours,
)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def house(tmp_path: Path, clock: StoppedClock) -> House:
    """Return a house whose schedules were switched off right after Monday's mail."""
    house = make_house(tmp_path, clock)
    before = find_hours_of_day(DAY - timedelta(days=1), ZONE)
    hours = find_hours_of_day(DAY, ZONE)
    morning = [hours[-1] + n * timedelta(hours=1) for n in range(1, 8)]
    record_hours(house, [*before, *hours, *morning])
    send_report(house, Postbox(), DAY)
    return house


def watch(house: House, clock: StoppedClock, **known: timedelta) -> Witness:
    rule = MailRule(house.settings.mail.at, house.settings.mail.grace, ZONE)
    journal = house.storage / "journal.sqlite"
    max_age = known.get("max_age", timedelta(hours=26))
    return look(house.storage, journal, rule=rule, max_age=max_age, now=clock.at)


def test_F_90_silence_is_called_by_its_name_within_the_time_promised(
    house: House, clock: StoppedClock
):
    levels = {}
    for hours in (0, 2, 24, 26, 48):
        clock.at = MORNING + timedelta(hours=hours, minutes=30)
        levels[hours] = watch(house, clock).level
    assert levels == {0: 0, 2: 0, 24: 0, 26: 2, 48: 2}


def test_F_90_the_missing_mail_alarms_before_the_missing_hours(house: House, clock: StoppedClock):
    clock.at = MORNING + timedelta(days=1, minutes=61)
    signs = {sign.name: sign.level for sign in watch(house, clock).signs}
    assert (signs["heartbeat"], signs["mail"]) == (0, 2)


def test_F_90_a_shorter_age_alarms_sooner(house: House, clock: StoppedClock):
    clock.at = MORNING + timedelta(hours=3)
    assert watch(house, clock, max_age=timedelta(hours=2)).level == 2


def test_F_90_the_mail_that_still_goes_out_states_how_long_ago_an_hour_was_run(
    house: House, clock: StoppedClock
):
    clock.at = MORNING + timedelta(days=1)
    report, _ = send_report(house, Postbox(), DAY + timedelta(days=1))
    assert report.summary.status == "INCOMPLETE"
    assert "7 of 24 hours" in report.subject
    assert "Heartbeat: signed by the last hourly run 23 h 57 min before" in report.text
    assert "Backlog: 17 hours without a finished check" in report.text
