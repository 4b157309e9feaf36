"""Partitions: hours in UTC with the names people know, days on the business's clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inventory_pipeline.defs.partitions import (
    BACKFILL_TAG,
    build_days,
    build_hours,
    build_range_tags,
    find_start,
    read_hours,
)
from inventory_pipeline.errors import UsageError
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline.wiring.house import House
from inventory_pipeline_tests.support.report_house import StoppedClock, make_house

NOW = datetime(2026, 4, 9, 15, 20, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_house(tmp_path, StoppedClock(NOW))


def test_a_new_house_reaches_back_to_the_day_the_gap_sensor_looks_at(house: House) -> None:
    assert find_start(house) == datetime(2026, 4, 7, tzinfo=UTC)


def test_an_old_house_starts_with_its_first_hour(house: House) -> None:
    with house.journal() as journal:
        journal.start_run("run", "2026-03-02T17:00Z", now=NOW)

    assert find_start(house) == datetime(2026, 3, 2, 17, tzinfo=UTC)


def test_a_damaged_journal_does_not_hide_the_definitions(house: House) -> None:
    house.storage.mkdir()
    (house.storage / "journal.sqlite").write_bytes(b"no journal" * 1000)

    assert find_start(house) == datetime(2026, 4, 7, tzinfo=UTC)


def test_hours_are_named_as_everywhere_else() -> None:
    hours = build_hours(datetime(2026, 4, 6, 8, tzinfo=UTC))
    now = datetime(2026, 4, 6, 11, 59, tzinfo=UTC)

    names = ["2026-04-06T08:00Z", "2026-04-06T09:00Z", "2026-04-06T10:00Z"]
    assert hours.get_partition_keys(current_time=now) == names


def test_every_hour_of_both_changes_of_the_clock_exists_once() -> None:
    first, end = datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)

    keys = build_hours(first).get_partition_keys(current_time=end)

    assert len(keys) == len(set(keys)) == (end - first).days * 24


def test_days_are_those_of_the_business(house: House) -> None:
    days = build_days(house, datetime(2026, 4, 7, 3, tzinfo=UTC))  # still Monday in Los Angeles

    keys = days.get_partition_keys(current_time=datetime(2026, 4, 8, 8, tzinfo=UTC))

    assert keys == ["2026-04-06", "2026-04-07"]


def test_a_run_is_about_one_hour_a_range_or_none() -> None:
    ten = parse_hour("2026-04-06T10:00Z")
    three = [ten, ten + timedelta(hours=1), ten + timedelta(hours=2)]

    assert read_hours({"dagster/partition": "2026-04-06T10:00Z"}) == [ten]
    assert read_hours({**build_range_tags(three), BACKFILL_TAG: "x"}) == three
    assert read_hours({}) == []


def test_a_partition_that_is_no_hour_is_refused() -> None:
    with pytest.raises(UsageError, match="is no hour"):
        read_hours({"dagster/partition": "'; drop table runs"})
