"""F-79: a run hangs. F-80: the machine dies under a run. Real daemon, real run workers."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inventory_pipeline.model.hours import HOUR, compute_key, floor_hour
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.faults.test_F_78_scheduler_was_off import LIVE
from inventory_pipeline_tests.support.dagster_dev import ROOT, dagster_dev
from inventory_pipeline_tests.support.roof import drop_pair
from inventory_pipeline_tests.support.shop import Shop
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, Toxic, answer_json

pytestmark = pytest.mark.slow


class Moody:
    """A stock system that answers, or takes the question and never answers."""

    def __init__(self) -> None:
        self.hangs = True

    def __call__(self, _asked: Asked) -> Reply:
        now = datetime.now(UTC) - timedelta(minutes=1)
        items = [{"sku": "A", "qty": 14, "at": now.strftime("%Y-%m-%dT%H:%M:%SZ")}]
        return answer_json({"items": items}, toxic=Toxic(hang=self.hangs))


@pytest.fixture
def source() -> Iterator[tuple[Moody, StandIn]]:
    moody = Moody()
    with StandIn(moody) as stand_in:
        yield moody, stand_in


@pytest.fixture
def hour() -> str:
    """Return the hour that just closed: the only one a live source can still be asked about.

    A test that begins minutes before the hour ends waits for the next one.
    """
    now = datetime.now(UTC)
    if now.minute > 55:
        time.sleep((floor_hour(now) + HOUR - now).total_seconds() + 1)
    return compute_key(floor_hour(datetime.now(UTC)) - HOUR)


@pytest.fixture
def live(shop: Shop, source: tuple[Moody, StandIn], hour: str) -> Shop:
    """Return a shop whose owner is asked over HTTP, with an hour of patience."""
    text = LIVE.format(url=source[1].url)
    patient = 'timeouts: {read: 1h, answer: 1h, feed: 1h}\n      base_url: "'
    shop.configure(text.replace('base_url: "', patient))
    drop_pair(shop, hour, {"A": 14}, {})
    return shop


def read_settings(**changes: str) -> str:
    """Return the shipped dagster.yaml with some waits made short."""
    lines = (ROOT / "dagster.yaml").read_text(encoding="utf-8").splitlines()
    named = {line.strip().partition(":")[0]: n for n, line in enumerate(lines)}
    for name, value in changes.items():
        lines[named[name]] = f"{lines[named[name]].partition(':')[0]}: {value}"
    return "\n".join(lines)


def list_attempts(shop: Shop) -> list[tuple[str, str]]:
    with build_house(shop.config).journal() as journal:
        rows = journal.query("select state, error from runs order by run_id")
    return [(row["state"], row["error"]) for row in rows]


def test_F_79_a_hung_run_is_ended_and_the_next_one_works(
    live: Shop, source: tuple[Moody, StandIn], hour: str, tmp_path: Path
) -> None:
    moody, stand_in = source
    settings = read_settings(poll_interval_seconds="3", cancel_timeout_seconds="20")
    with dagster_dev(live.config, tmp_path / "home", settings=settings) as dev:
        hung = dev.launch("hourly", {"dagster/partition": hour, "dagster/max_runtime": "10"})
        dev.wait_for(lambda: stand_in.asked or None, seconds=120)

        assert dev.wait_for_run(hung) == "FAILURE"
        moody.hangs = False
        again = dev.launch("hourly", {"dagster/partition": hour})

        assert dev.wait_for_run(again) == "SUCCESS"
    first, second, *_ = list_attempts(live)
    assert first[0] == "failed"
    assert second == ("done", "")
    assert live.one("cycles")["status"] == "clear"


def test_F_80_a_run_whose_machine_died_does_not_block_the_next(
    live: Shop, source: tuple[Moody, StandIn], hour: str, tmp_path: Path
) -> None:
    moody, stand_in = source
    with dagster_dev(live.config, tmp_path / "home") as dev:
        died = dev.launch("hourly", {"dagster/partition": hour})
        dev.wait_for(lambda: stand_in.asked or None, seconds=120)
        dev.kill()
        moody.hangs = False

        dev.start()
        assert dev.get_status(died) == "STARTED", "Dagster believes that it runs for ever"
        again = dev.launch("hourly", {"dagster/partition": hour})

        assert dev.wait_for_run(died, seconds=240) == "FAILURE"
        assert dev.wait_for_run(again, seconds=240) == "SUCCESS"
    first, second, *_ = list_attempts(live)
    assert first == ("failed", "the process died before the hour was done")
    assert second == ("done", "")
    assert live.one("cycles")["status"] == "clear"
