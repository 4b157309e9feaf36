"""Many hours through the real job in this process, as the demo runs them."""

from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from inventory_pipeline.defs.demo import open_instance, run_days, run_hours
from inventory_pipeline.defs.places import CYCLES, DAILY_SUMMARY
from inventory_pipeline.errors import InventoryPipelineError
from inventory_pipeline.model.hours import HOUR, compute_key, parse_hour
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.support.roof import configure_pair, drop_pair
from inventory_pipeline_tests.support.shop import Shop

FIRST = parse_hour("2026-04-06T00:00Z")
HOURS = [FIRST + n * HOUR for n in range(26)]


@pytest.fixture
def full(shop: Shop) -> Shop:
    configure_pair(shop)
    for hour_at in HOURS:
        drop_pair(shop, compute_key(hour_at), {"A": 5}, {})
    return shop


@pytest.mark.slow
def test_the_history_of_every_hour_is_there_for_the_web_ui(full: Shop, tmp_path: Path) -> None:
    told: list[tuple[float, int]] = []

    with open_instance(tmp_path / "home") as instance:
        run_hours(
            build_house(full.config), HOURS, instance=instance,
            on_hour=lambda done, total: told.append((done, total)),
        )  # fmt: skip
        runs = instance.get_runs()
        partitions = instance.get_materialized_partitions(CYCLES)

    assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS] * 2
    assert partitions == {compute_key(hour_at) for hour_at in HOURS}
    assert told == sorted(told)
    assert told[-1] == (26, 26)
    assert {row["status"] for row in full.export("cycles")} == {"clear"}


@pytest.mark.slow
def test_the_summaries_of_past_days_are_shown_and_not_mailed(full: Shop, tmp_path: Path) -> None:
    house = build_house(full.config)
    with open_instance(tmp_path / "home") as instance:
        run_hours(house, HOURS[:2], instance=instance)
        run_days(house, [date(2026, 4, 6)], instance=instance, start=FIRST)
        shown = instance.get_materialized_partitions(DAILY_SUMMARY)

    assert shown == {"2026-04-06"}
    assert not (house.storage / "mails").exists()


@pytest.mark.slow
def test_a_run_that_fails_says_why(full: Shop, tmp_path: Path) -> None:
    house = build_house(full.config)
    house.storage.mkdir()
    (house.storage / "warehouse.duckdb").write_bytes(b"no database" * 1000)

    with (
        open_instance(tmp_path / "home") as instance,
        pytest.raises(InventoryPipelineError, match="cannot be opened"),
    ):
        run_hours(house, HOURS[:2], instance=instance)


def test_the_settings_of_the_template_are_kept_beside_the_history(tmp_path: Path) -> None:
    template = Path(__file__).parents[3] / "dagster.yaml"

    with open_instance(tmp_path / "home", template=template) as instance:
        assert instance.run_monitoring_enabled
        assert not instance.telemetry_enabled

    assert (tmp_path / "home" / "dagster.yaml").read_bytes() == template.read_bytes()
