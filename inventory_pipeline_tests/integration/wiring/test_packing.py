"""Packing through the front door: whatever is asked of a packed day, the answer is what it was."""

import logging
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from inventory_pipeline.errors import StoreError
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.support.digest import compute_digests
from inventory_pipeline_tests.support.packing import (
    DAYS,
    HOURS,
    LATER,
    SOON,
    THEN,
    copy_shop,
    find_packed,
    list_rooms,
    open_shop,
    pack,
    read_all,
    work,
)
from inventory_pipeline_tests.support.roof import Roof
from inventory_pipeline_tests.support.shop import Shop

ASKED = [
    *[("explain", "A", "--hour", hour, "--json") for hour in HOURS],
    *[("report", "--date", day.isoformat()) for day in DAYS],
    ("findings", "--all", "--json", "--hour", HOURS[1]),
]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return a shop with three days run and none packed; to be copied, never changed."""
    return work(open_shop(tmp_path_factory.mktemp("packing") / "shop"))


@pytest.fixture
def shop(worked: Shop, tmp_path: Path) -> Shop:
    return copy_shop(worked, tmp_path / "shop")


@pytest.mark.slow
def test_exports_of_packed_days_are_what_they_were(shop: Shop) -> None:
    before = read_all(shop)
    assert before["comparisons"]
    assert before["findings"]

    assert pack(shop) == 9

    assert find_packed(shop) == list_rooms(*DAYS)
    assert read_all(shop) == before
    assert pack(shop) == 0
    for table in ("facts", "comparisons"):
        assert before[table] == [row for hour in HOURS for row in before[table, hour]]


@pytest.mark.slow
def test_people_are_told_the_same(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    def ask(words: tuple[str, ...]) -> tuple[int, str]:
        capsys.readouterr()
        return shop.do(*words), capsys.readouterr().out

    before = {words: ask(words) for words in ASKED}
    pack(shop)

    assert {words: ask(words) for words in ASKED} == before
    assert all(code in (0, 1) and text for code, text in before.values())


@pytest.mark.slow
def test_a_packed_hour_can_be_run_again_and_backfilled(
    worked: Shop, shop: Shop, tmp_path: Path
) -> None:
    plain = copy_shop(worked, tmp_path / "plain")
    pack(shop)

    for each in (shop, plain):
        each.configure(each.config.read_text() + "severity: {minor_up_to: 1}\n")
        each.do("backfill", "--from", HOURS[1], "--to", HOURS[1])
        each.run(HOURS[2])

    assert find_packed(shop) == list_rooms(DAYS[2])
    assert find_packed(plain) == []
    assert read_all(shop) == read_all(plain)
    assert pack(shop) == 6
    assert read_all(shop) == read_all(plain)


@pytest.mark.slow
def test_the_first_hour_of_a_day_packs_what_became_old(shop: Shop) -> None:
    shop.run(SOON)
    assert find_packed(shop) == []

    shop.run(THEN)

    assert find_packed(shop) == list_rooms(DAYS[0])
    before = compute_digests(shop)
    shop.run(THEN)
    assert compute_digests(shop) == before


@pytest.mark.slow
def test_a_long_backlog_is_worked_off_two_days_an_hour(shop: Shop) -> None:
    shop.run(LATER)
    assert find_packed(shop) == list_rooms(*DAYS[:2])

    shop.run(LATER)

    assert find_packed(shop) == list_rooms(*DAYS)


@pytest.mark.slow
def test_dagster_packs_too_and_its_backfill_takes_out(shop: Shop) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        roof = Roof(shop, instance, after=THEN, start=HOURS[0])
        assert roof.run(THEN).success
        assert find_packed(shop) == list_rooms(DAYS[0])
        before = compute_digests(shop)

        assert roof.backfill(HOURS[0], HOURS[1]).success

    assert find_packed(shop) == []
    assert compute_digests(shop) == before


@pytest.mark.slow
def test_a_warehouse_built_again_from_landing_is_the_same_and_packed_on_the_way(
    shop: Shop,
) -> None:
    shop.run(LATER)
    before = compute_digests(shop)
    (shop.folder / "local" / "warehouse.duckdb").unlink()

    for hour in [*HOURS, LATER]:
        shop.do("backfill", "--from", hour, "--to", hour)

    assert find_packed(shop) == list_rooms(*DAYS[:2])
    assert compute_digests(shop) == before


@pytest.mark.slow
def test_hours_do_not_need_the_ones_before_them(worked: Shop, tmp_path: Path) -> None:
    """How a day is kept is a layout: an hour is written whole, whatever lies around it."""
    back = open_shop(tmp_path / "back")
    back.run(LATER)
    for hour in reversed(HOURS):
        back.run(hour)
        pack(back)

    assert find_packed(back) == list_rooms(*DAYS)
    for table in ("facts", "comparisons"):
        wanted = pl.DataFrame(worked.export(table))
        found = pl.DataFrame(back.export(table, "--to", HOURS[-1]))
        # How grave a gap is depends on how long it lasts, and so on the hours that were known.
        assert found.drop("severity", strict=False).equals(wanted.drop("severity", strict=False))


@pytest.mark.slow
def test_a_day_that_would_lose_a_reading_stays_and_the_hour_is_done(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    twice = (
        "insert into ingest.recent_counts select * from ingest.recent_counts "
        "where batch_id = (select min(batch_id) from ingest.recent_counts)"
    )
    with build_house(shop.config).warehouse() as warehouse:
        warehouse.execute(twice)
    before = compute_digests(shop)

    with pytest.raises(StoreError, match="runs of shelf 2026-04-06 hold"):
        pack(shop)

    assert (DAYS[0], "shelf") not in [(day, room) for room, day in find_packed(shop)]
    assert compute_digests(shop) == before
    with caplog.at_level(logging.WARNING):
        assert shop.run(LATER) == 0
    assert "old days were not packed" in caplog.text
    assert len(shop.export("cycles")) == len(HOURS) + 1
