"""The installation as people run it: web server, daemon and run workers in their own processes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from inventory_pipeline.defs.places import DAILY_SUMMARY
from inventory_pipeline.model.hours import HOUR, compute_key, find_hours, floor_hour
from inventory_pipeline.wiring.hourly import run_hour
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.support.dagster_dev import (
    BACKFILL_STATUS,
    DagsterDev,
    dagster_dev,
)
from inventory_pipeline_tests.support.roof import configure_pair, drop_pair
from inventory_pipeline_tests.support.shop import Shop

pytestmark = pytest.mark.slow
HOURS = 30
ASSETS = [
    ["ingest", "shelf"], ["ingest", "storefront"], ["reconcile", "comparisons"],
    ["reconcile", "findings"], ["reconcile", "cycles"], ["correct", "proposals"],
    ["report", "heartbeat"],
]  # fmt: skip


@pytest.fixture(scope="module")
def newest() -> datetime:
    """Return the hour before the one that just closed: no schedule comes for it."""
    return floor_hour(datetime.now(UTC)) - 2 * HOUR


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, newest: datetime) -> Shop:
    """Return a shop with thirty hours of exports up to now; the last three were missed."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    configure_pair(shop)
    for hour_at in find_hours(newest - (HOURS - 1) * HOUR, newest + 2 * HOUR):
        drop_pair(shop, compute_key(hour_at), {"A": 14, "B": 5}, {"A": 6})
    house = build_house(shop.config)
    for hour_at in find_hours(newest - (HOURS - 1) * HOUR, newest - 3 * HOUR):
        run_hour(house, hour_at)
    return shop


@pytest.fixture(scope="module")
def dev(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterDev]:
    home = tmp_path_factory.mktemp("dagster_home")
    with dagster_dev(shop.config, home) as dev:
        yield dev


def test_the_gap_sensor_fills_what_was_missed_while_nobody_looked(
    dev: DagsterDev, shop: Shop, newest: datetime
) -> None:
    missed = {compute_key(hour) for hour in find_hours(newest - 2 * HOUR, newest)}

    dev.wait_for(lambda: missed <= list_done(shop) or None, seconds=240)

    assert [row for row in list_attempts(shop) if row["state"] == "failed"] == []
    assert {row["status"] for row in shop.export("cycles")} == {"drift"}


def test_the_urgent_finding_was_told_of_once(dev: DagsterDev, shop: Shop) -> None:
    dev.wait_for(lambda: count_mails(shop) or None, seconds=180)

    assert count_mails(shop) == 1


def test_a_backfill_from_the_web_ui_has_no_side_effect(
    dev: DagsterDev, shop: Shop, newest: datetime
) -> None:
    keys = [compute_key(hour) for hour in find_hours(newest - 27 * HOUR, newest)]
    proposals, mails = shop.export("proposals"), count_mails(shop)
    landed = list_landed(shop)
    drop_pair(shop, keys[3], {"A": 1, "B": 1}, {"A": 9})  # must not be read

    backfill = dev.backfill(ASSETS, keys)

    def look() -> str | None:
        found = dev.ask(BACKFILL_STATUS, id=backfill)["partitionBackfillOrError"]["status"]
        return str(found) if found.startswith("COMPLETED") else None

    assert dev.wait_for(look, seconds=400) == "COMPLETED_SUCCESS"
    backfilled = [row for row in list_attempts(shop) if row["kind"] == "backfill"]
    assert [row["state"] for row in backfilled] == ["done"] * len(keys)
    assert list_landed(shop) == landed
    assert shop.export("proposals") == proposals
    assert count_mails(shop) == mails


def test_two_runs_at_once_take_turns(dev: DagsterDev, shop: Shop, newest: datetime) -> None:
    hours = [compute_key(newest - HOUR), compute_key(newest)]

    runs = [dev.launch("hourly", {"dagster/partition": hour}) for hour in hours]

    assert [dev.wait_for_run(run) for run in runs] == ["SUCCESS", "SUCCESS"]
    spans = [
        (row["started_at"], row["finished_at"])
        for row in list_attempts(shop)
        if any(run in row["details"] for run in runs)
    ]
    (_first, first_ended), (second_began, _second) = sorted(spans)
    assert first_ended <= second_began


def test_F_90_a_schedule_switched_off_is_named_in_the_morning(dev: DagsterDev, shop: Shop) -> None:
    today = build_house(shop.config).clock.now().astimezone(ZoneInfo("America/Los_Angeles")).date()
    day = (today - timedelta(days=1)).isoformat()

    assert dev.switch_off("every_hour") == "STOPPED"
    run = dev.launch("daily", {"dagster/partition": day})

    assert dev.wait_for_run(run) == "SUCCESS"
    with dg.DagsterInstance.from_config(str(dev.home)) as instance:
        key = dg.AssetCheckKey(DAILY_SUMMARY, "every_schedule_is_running")
        [record] = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
        assert record.event is not None
        evaluation = record.event.dagster_event.asset_check_evaluation_data
    assert not evaluation.passed
    assert evaluation.description == "switched off: every_hour"


def list_attempts(shop: Shop) -> list[dict[str, str]]:
    with build_house(shop.config).journal() as journal:
        return journal.query("select * from runs order by run_id")


def list_done(shop: Shop) -> set[str]:
    return {row["subject"] for row in list_attempts(shop) if row["state"] == "done"}


def count_mails(shop: Shop) -> int:
    with build_house(shop.config).journal() as journal:
        return len(journal.query("select * from mails where kind = 'notice'"))


def list_landed(shop: Shop) -> list[Path]:
    return sorted((shop.folder / "local/landing").rglob("*.manifest.json"))
