"""Linking through the front door: whatever order hours are run in, findings are one story."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
import pytest

from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.support.digest import compute_digests
from inventory_pipeline_tests.support.roof import ELEVEN, NINE, NOON, TEN, Roof
from inventory_pipeline_tests.support.roof import configure_pair as configure
from inventory_pipeline_tests.support.roof import drop_pair as drop
from inventory_pipeline_tests.support.shop import Shop, at

# What the storefront shows of five items the shelf has ten of: drift that stays, that comes back,
# that only the second hour sees, that the second hour ends, and none.
SHOWN = {
    NINE: {"A": 5, "B": 5, "C": 10, "D": 4, "E": 10},
    TEN: {"A": 5, "B": 10, "C": 3, "D": 10, "E": 10},
    ELEVEN: {"A": 5, "B": 5, "C": 10, "D": 10, "E": 10},
    NOON: {"A": 5, "B": 10, "C": 10, "D": 4, "E": 10},
}
RIGHT = dict.fromkeys("ABCDE", 10)


def fill(folder: Path) -> Shop:
    """Return a shop of four hours of files, none of them read."""
    folder.mkdir(exist_ok=True)
    shop = Shop(folder)
    configure(shop)
    for hour, shown in SHOWN.items():
        drop(shop, hour, RIGHT, shown)
    return shop


def read(shop: Shop) -> dict[str, object]:
    """Return what the shop's tables hold; when a file was read is not what it says."""
    snapshots = [{**row, "fetched_at": None} for row in shop.export("snapshots")]
    return {**compute_digests(shop), "snapshots": snapshots}


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Return what the tables hold of the four hours run in order."""
    shop = fill(tmp_path_factory.mktemp("ordered"))
    for hour in SHOWN:
        shop.run(hour)
    return read(shop)


def list_attempts(shop: Shop) -> list[tuple[str, str]]:
    with build_house(shop.config).journal() as journal:
        rows = journal.query("select subject, kind from runs where state = 'done' order by run_id")
    return [(row["subject"], row["kind"]) for row in rows]


@pytest.mark.slow
def test_an_hour_filled_in_later_joins_what_stands_around_it(tmp_path: Path) -> None:
    shop = fill(tmp_path / "shop")
    for hour in (NINE, ELEVEN, TEN):
        shop.run(hour)

    told = shop.one("findings", "--hour", ELEVEN, sku="A")

    assert (told["streak"], told["first_seen_at"], told["state"]) == (3, at(NINE), "open")
    assert shop.one("findings", "--hour", ELEVEN, sku="B")["recurrence"] == 2
    assert shop.one("findings", "--hour", ELEVEN, sku="C")["state"] == "cleared"


@pytest.mark.slow
@pytest.mark.parametrize(
    "hours",
    [(NINE, ELEVEN, TEN, NOON), (NOON, TEN, ELEVEN, NINE)],
    ids=["gap", "mixed"],
)
def test_hours_run_in_any_order_leave_what_hours_in_order_leave(
    tmp_path: Path, ordered: dict[str, object], hours: Sequence[str]
) -> None:
    shop = fill(tmp_path / "shop")
    for hour in hours:
        shop.run(hour)

    assert read(shop) == ordered
    (shop.folder / "local/warehouse.duckdb").unlink()
    shop.do("backfill")
    assert read(shop) == ordered


@pytest.mark.slow
def test_hours_in_order_and_hours_that_come_out_the_same_link_nothing(
    tmp_path: Path, ordered: dict[str, object]
) -> None:
    shop = fill(tmp_path / "shop")
    hours = [*SHOWN, TEN, NINE]
    for hour in hours:
        shop.run(hour)
    shop.do("backfill")

    done = [*[(hour, "run") for hour in hours], *[(hour, "backfill") for hour in SHOWN]]
    assert list_attempts(shop) == done
    assert read(shop) == ordered


@pytest.mark.slow
def test_a_backfill_in_order_links_once_what_lies_behind_it(
    tmp_path: Path, ordered: dict[str, object]
) -> None:
    shop = fill(tmp_path / "shop")
    for hour in SHOWN:
        shop.run(hour)
    text = shop.config.read_text(encoding="utf-8")
    shop.configure(text + "severity: {relative_major: 0.9}\n")

    shop.do("backfill", "--to", TEN)

    assert list_attempts(shop)[4:] == [(hour, "backfill") for hour in SHOWN]
    shop.configure(text)
    shop.do("backfill")
    assert list_attempts(shop)[8:] == [(hour, "backfill") for hour in SHOWN]
    assert read(shop) == ordered


@pytest.mark.slow
def test_why_an_hour_has_no_counts_is_not_forgotten(tmp_path: Path) -> None:
    shop = fill(tmp_path / "shop")
    (shop.folder / "exports/storefront/counts-20260406T11.csv").write_text("no,table\n1,2\n")
    for hour in (NINE, ELEVEN):
        shop.run(hour)
    before = shop.one("snapshots", "--hour", ELEVEN, system="storefront")

    shop.run(TEN)

    assert list_attempts(shop)[-1] == (ELEVEN, "backfill")
    assert shop.one("snapshots", "--hour", ELEVEN, system="storefront") == before


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.mark.slow
def test_a_run_of_the_scheduler_links_and_its_backfill_leaves_that_to_the_next_run(
    tmp_path: Path, ordered: dict[str, object], instance: dg.DagsterInstance
) -> None:
    shop = fill(tmp_path / "shop")
    roof = Roof(shop, instance, after=NOON)
    for hour in (NINE, ELEVEN):
        assert roof.run(hour).success
    assert roof.run(TEN).success
    assert roof.list_attempts()[-1] == (ELEVEN, "backfill", "done")
    text = shop.config.read_text(encoding="utf-8")
    shop.configure(text + "severity: {relative_major: 0.9}\n")
    changed = Roof(shop, instance, after=NOON)

    assert changed.backfill(NINE, TEN).success

    assert changed.list_attempts()[-1] == (TEN, "backfill", "done")
    assert changed.run(NOON).success
    assert [hour for hour, *_ in changed.list_attempts()[-3:]] == [NOON, ELEVEN, NOON]
    shop.configure(text)
    shop.do("backfill")
    assert read(shop) == ordered
