"""Sensors: what is missing is asked for once, people are told once, the dead are buried."""

from datetime import timedelta

import dagster as dg
import pytest

from inventory_pipeline.model.hours import compute_key, parse_hour
from inventory_pipeline.report.notices import notify
from inventory_pipeline_tests.support.report_house import Postbox
from inventory_pipeline_tests.support.roof import (
    ELEVEN,
    NINE,
    NOON,
    TEN,
    Roof,
    drop_pair,
)


def tick(roof: Roof, name: str) -> list[tuple[str, str]]:
    """Return (run key, partition) of what a sensor asks for now."""
    repository = roof.definitions.get_repository_def()
    context = dg.build_sensor_context(
        instance=roof.instance, repository_def=repository, sensor_name=name
    )
    found = repository.get_sensor_def(name).evaluate_tick(context)
    return [(run.run_key or "", run.partition_key or "") for run in found.run_requests or []]


def test_before_the_first_hour_nothing_is_asked_for(roof: Roof) -> None:
    names = ("fill_gaps", "tell_at_once", "send_late_mail", "bury_the_dead")

    assert [tick(roof, name) for name in names] == [[], [], [], []]


@pytest.mark.slow
def test_missed_hours_are_asked_for_oldest_first_with_a_key_of_their_own(roof: Roof) -> None:
    roof.run(NINE)
    roof.clock.at = parse_hour(NOON) + timedelta(hours=1, minutes=30)

    assert tick(roof, "fill_gaps") == [(f"gap:{h}:0", h) for h in (TEN, ELEVEN, NOON)]


@pytest.mark.slow
def test_the_hour_that_just_closed_is_left_to_the_schedule(roof: Roof) -> None:
    roof.run(NINE)
    roof.clock.at = parse_hour(ELEVEN) + timedelta(minutes=10)

    assert tick(roof, "fill_gaps") == []


@pytest.mark.slow
def test_a_failed_hour_is_a_gap_and_one_being_done_is_not(roof: Roof) -> None:
    roof.run(NINE)
    with roof.house.journal() as journal:
        failed = journal.start_run("run", TEN, now=roof.clock.at)
        journal.finish_run(failed, now=roof.clock.at, error="boom")
        journal.start_run("run", ELEVEN, now=roof.clock.at)
    roof.clock.at = parse_hour(NOON) + timedelta(hours=1, minutes=30)

    assert tick(roof, "fill_gaps") == [(f"gap:{TEN}:1", TEN), (f"gap:{NOON}:0", NOON)]


@pytest.mark.slow
def test_an_hour_that_failed_three_times_is_left_to_a_person(roof: Roof) -> None:
    roof.run(NINE)
    with roof.house.journal() as journal:
        for _ in range(3):
            failed = journal.start_run("run", TEN, now=roof.clock.at)
            journal.finish_run(failed, now=roof.clock.at, error="boom")
    roof.clock.at = parse_hour(ELEVEN) + timedelta(minutes=30)

    assert tick(roof, "fill_gaps") == []


@pytest.mark.slow
def test_a_backfill_fills_no_gap(roof: Roof) -> None:
    roof.run(NINE)
    roof.backfill(TEN, TEN)
    roof.clock.at = parse_hour(ELEVEN) + timedelta(minutes=30)

    assert tick(roof, "fill_gaps") == [(f"gap:{TEN}:0", TEN)]


@pytest.mark.slow
def test_after_a_week_only_two_days_are_looked_at_and_a_dozen_hours_at_once(roof: Roof) -> None:
    roof.run(NINE)
    roof.clock.at = parse_hour(NINE) + timedelta(days=7, minutes=30)

    asked = [hour for _key, hour in tick(roof, "fill_gaps")]

    oldest = parse_hour(NINE) + timedelta(days=5)
    assert asked == [compute_key(oldest + timedelta(hours=n)) for n in range(12)]


@pytest.mark.slow
def test_an_urgent_finding_of_the_newest_hour_asks_for_a_notice_once_an_hour(roof: Roof) -> None:
    roof.run(TEN)

    assert tick(roof, "tell_at_once") == [(f"notify:{TEN}", "")]


@pytest.mark.slow
def test_a_quiet_hour_asks_for_no_notice(roof: Roof) -> None:
    drop_pair(roof.shop, TEN, {"A": 14, "B": 5}, {})
    roof.run(TEN)

    assert tick(roof, "tell_at_once") == []


@pytest.mark.slow
def test_old_hours_and_backfills_tell_nobody(roof: Roof) -> None:
    roof.run(TEN)
    roof.backfill(TEN, ELEVEN)
    roof.clock.advance(timedelta(hours=3))

    assert tick(roof, "tell_at_once") == []


@pytest.mark.slow
def test_the_same_gap_in_three_hours_is_one_notice(roof: Roof) -> None:
    postbox, asked = Postbox(), []
    drop_pair(roof.shop, NOON, {"A": 14, "B": 5, "C": 0}, {"A": 6})
    for hour in (TEN, ELEVEN, NOON):
        roof.clock.at = parse_hour(hour) + timedelta(hours=1, minutes=15)
        assert roof.run(hour).success
        asked += tick(roof, "tell_at_once")
        notify(roof.house, postbox)

    assert [key for key, _ in asked] == [f"notify:{h}" for h in (TEN, ELEVEN, NOON)]
    told = [mail.subject for mail in postbox.mails]
    assert len(told) == 1, told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hours_late", "asked"), [(-1, []), (0.25, []), (0.5, ["mail:2026-04-06:1"]), (2, [4])]
)
def test_a_mail_that_is_not_out_is_tried_every_half_hour(
    roof: Roof, hours_late: float, asked: list[object]
) -> None:
    roof.run(TEN)
    due_at = parse_hour("2026-04-07T14:00Z")  # 07:00 in Los Angeles
    roof.clock.at = due_at + timedelta(hours=hours_late)

    keys = [key for key, _ in tick(roof, "send_late_mail")]

    assert keys == [f"mail:2026-04-06:{n}" if isinstance(n, int) else n for n in asked]


@pytest.mark.slow
def test_a_mail_that_is_out_is_not_asked_for(roof: Roof) -> None:
    roof.run(TEN)
    roof.clock.at = parse_hour("2026-04-07T15:00Z")
    roof.execute("daily", {"dagster/partition": "2026-04-06"})

    assert tick(roof, "send_late_mail") == []


@pytest.mark.slow
def test_no_mail_is_due_for_a_day_before_the_house_stood(roof: Roof) -> None:
    roof.run(TEN)
    roof.clock.at = parse_hour("2026-04-06T20:00Z")

    assert tick(roof, "send_late_mail") == []
