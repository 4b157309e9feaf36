"""The one door of the simulator: what it writes, refuses, and promises."""

import hashlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inventory_pipeline.config.load import load_settings
from inventory_pipeline.config.registry import compute_registry
from inventory_pipeline.connectors.file_options import FilesOptions
from inventory_pipeline.connectors.files import FilesConnector
from inventory_pipeline.errors import UsageError
from inventory_pipeline.model.ports import FetchContext
from inventory_pipeline.simulator.noise import SILENCE
from inventory_pipeline.simulator.run import simulate
from inventory_pipeline_tests.integration.simulator.conftest import MONDAY
from inventory_pipeline_tests.integration.simulator.simulated import Simulated

HOURS = 30
SHOPS = ("handmade", "omnichannel", "threepl", "transfers", "flash")


def digest(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def run(out: Path, **changes) -> Path:
    words = {"seed": 7, "profile": "demo", "hours": HOURS, "start": MONDAY} | changes
    return simulate(out, **words)


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["demo", *SHOPS])
def test_the_same_seed_writes_the_same_bytes(tmp_path, profile):
    run(tmp_path / "a", profile=profile)
    run(tmp_path / "b", profile=profile)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["demo", "omnichannel"])
def test_the_bytes_do_not_depend_on_pythonhashseed(tmp_path, profile):
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path;"
        "from inventory_pipeline.simulator.run import simulate;"
        f"simulate(Path(sys.argv[1]), seed=7, profile='{profile}', hours={HOURS},"
        " start=datetime(2026, 4, 6, tzinfo=UTC))"
    )
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / seed)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
        )
    run(tmp_path / "here", profile=profile)
    assert digest(tmp_path / "1") == digest(tmp_path / "2") == digest(tmp_path / "here")


def test_another_seed_is_another_week_in_a_shop_with_the_same_names(tmp_path):
    run(tmp_path / "a", hours=3)
    run(tmp_path / "b", hours=3, seed=8)
    a, b = digest(tmp_path / "a"), digest(tmp_path / "b")
    assert a.keys() == b.keys()
    shelf = "exports/shelf/counts-2026-04-06T02.csv"
    assert a[shelf] != b[shelf]


@pytest.mark.slow
def test_more_hours_only_add_to_what_fewer_hours_wrote(tmp_path):
    run(tmp_path / "short", hours=20)
    run(tmp_path / "long", hours=26)
    short, long = digest(tmp_path / "short"), digest(tmp_path / "long")
    del short["truth/labels.csv"], short["truth/simulation.json"]
    assert short.items() <= long.items()


@pytest.mark.parametrize("tier", [0, 1, 2])
@pytest.mark.parametrize("profile", ["demo", *SHOPS])
def test_the_configuration_is_valid_and_leaves_no_gap_bug_or_overdue_review(
    tmp_path, profile, tier
):
    loaded = load_settings(run(tmp_path, hours=1, profile=profile, tier=tier))
    registry = compute_registry(loaded.settings, today=MONDAY.date() + timedelta(days=365))
    assert list(registry.problems) == []


@pytest.mark.parametrize("profile", ["demo", *SHOPS])
def test_the_files_connector_reads_every_row_of_every_feed(tmp_path, profile):
    config = run(tmp_path, hours=2, profile=profile, noise=SILENCE, faults=0)
    loaded, shop = load_settings(config), Simulated(tmp_path)
    for name, system in loaded.settings.systems.items():
        options = FilesOptions.model_validate(system.options | {"settle": "0s"})
        connector = FilesConnector(system=name, options=options, root=str(loaded.root))
        for feed in connector.find_feeds():
            frame = read_feed(connector, feed, staging=tmp_path)
            path = shop.find_file(name, feed, "2026-04-06T00")
            assert frame.rejected.is_empty()
            assert frame.rows.height == sum(1 for _ in shop.rows(path))


def read_feed(connector: FilesConnector, feed: str, *, staging: Path):
    """Fetch and parse the first hour; pages by path are kept, as the landing does."""
    kept = []

    def keep(page):
        if page.path is not None:
            path = staging / f"kept-{len(kept)}"
            path.write_bytes(Path(page.path).read_bytes())
            page = replace(page, path=str(path))
        kept.append(page)

    context = FetchContext(MONDAY, lambda: datetime.now(UTC), staging=str(staging))
    assert connector.fetch(feed, context, keep).is_complete
    return connector.parse(feed, kept)


def test_progress_is_told_after_every_hour(tmp_path):
    told = []
    run(tmp_path, hours=3, on_hour=lambda done, hours: told.append((done, hours)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_an_earlier_simulation_is_replaced_and_nothing_else_is_touched(tmp_path):
    run(tmp_path, hours=5)
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "mine.txt").write_text("keep")
    run(tmp_path, hours=2)
    assert len(list(tmp_path.glob("exports/shelf/counts-*.csv"))) == 2
    assert (tmp_path / "local" / "mine.txt").read_text() == "keep"


@pytest.mark.parametrize("name", ["inventory.yaml", "catalog.csv", "exports/shelf/counts.csv"])
def test_files_that_no_simulation_wrote_are_never_overwritten(tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match="which no simulation wrote; name an empty folder"):
        run(tmp_path)
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"profile": "chaos"}, r"'chaos' is no profile .* known are: "),
        ({"hours": 0}, "hours is 0, wanted 1 to 8784"),
        ({"hours": 9_000}, "hours is 9000, wanted 1 to 8784"),
        ({"start": datetime(2026, 4, 6, 10)}, "wanted a whole hour in UTC"),  # noqa: DTZ001
        ({"start": MONDAY + timedelta(minutes=30)}, "wanted a whole hour in UTC"),
        ({"tier": 3}, "tier is 3, wanted 0, 1 or 2"),
    ],
)
def test_wrong_words_are_refused_before_anything_is_written(tmp_path, changes, message):
    with pytest.raises(UsageError, match=message):
        run(tmp_path / "out", **changes)
    assert not (tmp_path / "out").exists()


def test_a_second_simulation_does_not_write_into_the_folder_of_a_running_one(tmp_path):
    def start_another(done: int, _hours: int) -> None:
        if done == 1:
            with pytest.raises(UsageError, match="another simulation is writing into"):
                run(tmp_path, hours=1, seed=8)

    run(tmp_path, hours=2, on_hour=start_another)
    run(tmp_path, hours=1, seed=8)


def test_an_interrupted_simulation_is_replaced_by_the_next(tmp_path):
    def fall(done: int, _hours: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "a", on_hour=fall)
    assert not (tmp_path / "a" / "truth" / "labels.csv").exists()
    run(tmp_path / "a", hours=3)
    run(tmp_path / "b", hours=3)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_a_linked_folder_is_not_emptied(tmp_path):
    run(tmp_path / "out", hours=1)
    (tmp_path / "out" / "exports").rename(tmp_path / "elsewhere")
    (tmp_path / "out" / "exports").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="cannot be replaced"):
        run(tmp_path / "out", hours=1)
    assert any((tmp_path / "elsewhere").iterdir())


def test_a_folder_that_is_a_file_is_refused_with_one_message(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        run(tmp_path / "out", hours=1)


def test_a_start_in_another_zone_is_the_same_instant(tmp_path):
    zone = datetime.fromisoformat("2026-04-06T02:00:00+02:00")
    run(tmp_path / "a", hours=2)
    run(tmp_path / "b", hours=2, start=zone)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


@pytest.mark.slow
def test_four_days_of_three_hundred_skus_take_less_than_ten_seconds(tmp_path):
    begun = time.process_time()
    run(tmp_path, hours=96)
    assert time.process_time() - begun < 10
    assert (tmp_path / "catalog.csv").read_text().count("\n") > 300


@pytest.mark.slow
@pytest.mark.parametrize("profile", SHOPS)
def test_a_case_of_the_benchmark_takes_a_few_seconds(tmp_path, profile):
    begun = time.process_time()
    run(tmp_path, hours=72, profile=profile, seed=1)
    assert time.process_time() - begun < 10
    skus = {row["sku"] for row in Simulated(tmp_path).labels if row["sku"]}
    assert len(skus) >= 12
