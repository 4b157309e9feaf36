"""Schedules: the hour that just closed in UTC, the day that just closed on the business's clock."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from inventory_pipeline_tests.support.roof import Roof, configure_pair
from inventory_pipeline_tests.support.shop import Shop


def tick(roof: Roof, name: str, at: datetime) -> list[str]:
    """Return the partitions a schedule asks for at an instant."""
    repository = roof.definitions.get_repository_def()
    schedule = repository.get_schedule_def(name)
    context = dg.build_schedule_context(
        instance=roof.instance, scheduled_execution_time=at, repository_def=repository
    )
    requests = schedule.evaluate_tick(context).run_requests or []
    return [request.partition_key or "" for request in requests]


def test_five_past_asks_for_the_hour_that_closed(roof: Roof) -> None:
    at = datetime(2026, 4, 6, 11, 5, tzinfo=UTC)

    assert tick(roof, "every_hour", at) == ["2026-04-06T10:00Z"]


@pytest.mark.parametrize(
    ("at", "hour"),
    [
        (datetime(2026, 11, 1, 9, 5, tzinfo=UTC), "2026-11-01T08:00Z"),
        (datetime(2026, 11, 1, 10, 5, tzinfo=UTC), "2026-11-01T09:00Z"),
    ],
)
def test_the_fold_of_autumn_is_two_hours(roof: Roof, at: datetime, hour: str) -> None:
    """01:00 in Los Angeles comes twice that night."""
    assert tick(roof, "every_hour", at) == [hour]


def test_the_morning_asks_for_yesterday_of_the_business(roof: Roof) -> None:
    seven_in_los_angeles = datetime(2026, 4, 7, 14, 0, tzinfo=UTC)

    assert tick(roof, "every_morning", seven_in_los_angeles) == ["2026-04-06"]


def test_a_day_before_the_house_stood_is_not_asked_for(roof: Roof) -> None:
    assert tick(roof, "every_morning", datetime(2026, 4, 6, 14, 0, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    ("at", "asked"),
    [
        (datetime(2026, 10, 1, 15, 0, tzinfo=UTC), 1),
        (datetime(2026, 10, 2, 15, 0, tzinfo=UTC), 0),
        (datetime(2028, 1, 1, 16, 0, tzinfo=UTC), 0),
        (datetime(2028, 1, 3, 16, 0, tzinfo=UTC), 1),
    ],
    ids=["thursday", "the_day_after", "saturday", "the_monday_after"],
)
def test_the_audit_is_asked_for_on_the_first_weekday_of_a_quarter(
    roof: Roof, at: datetime, asked: int
) -> None:
    assert len(tick(roof, "every_quarter", at)) == asked


def test_all_run_unasked_and_on_their_own_clocks(roof: Roof) -> None:
    repository = roof.definitions.get_repository_def()
    known = {schedule.name: schedule for schedule in repository.schedule_defs}

    assert {name: s.default_status.value for name, s in known.items()} == {
        "every_hour": "RUNNING",
        "every_morning": "RUNNING",
        "every_quarter": "RUNNING",
    }
    quarter = known["every_quarter"]
    assert (quarter.cron_schedule, quarter.execution_timezone) == (
        "0 8 1-3 1,4,7,10 *",
        "America/Los_Angeles",
    )
    hour, morning = known["every_hour"], known["every_morning"]
    assert (hour.cron_schedule, hour.execution_timezone) == ("5 * * * *", "UTC")
    assert (morning.cron_schedule, morning.execution_timezone) == (
        "0 7 * * *",
        "America/Los_Angeles",
    )


def test_a_house_that_is_not_automatic_runs_nothing_unasked(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    configure_pair(shop, more="automatic: false\n")
    repository = Roof(shop, instance).definitions.get_repository_def()

    states = {a.default_status.value for a in (*repository.schedule_defs, *repository.sensor_defs)}
    assert states == {"STOPPED"}
