"""F-75: the warehouse is deleted or will not open: it is built again from landing."""

from pathlib import Path

import pytest

from inventory_pipeline_tests.faults.conftest import ELEVEN, NOON, TEN, Pair
from inventory_pipeline_tests.support.digest import compute_digests


@pytest.fixture
def worked(pair: Pair) -> Pair:
    for hour, shown in ((TEN, 9), (ELEVEN, 9), (NOON, 5)):
        pair.agree(hour, {"A": 5, "B": 7, "C": 0})
        pair.say("storefront", hour, {"A": shown, "B": 7, "G": 2})
        pair.run(hour)
    return pair


def find_warehouse(pair: Pair) -> Path:
    return pair.folder / "local" / "warehouse.duckdb"


@pytest.mark.slow
def test_F_75_a_deleted_warehouse_comes_back_the_same(worked: Pair) -> None:
    before = compute_digests(worked)
    find_warehouse(worked).unlink()

    worked.do("backfill")

    assert compute_digests(worked) == before


@pytest.mark.slow
def test_F_75_a_damaged_warehouse_is_set_aside_and_built_again(
    worked: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    before = compute_digests(worked)
    find_warehouse(worked).write_bytes(b"this is no database" * 1000)
    assert worked.run(NOON) == 2
    assert "run 'inventory-pipeline backfill'" in capsys.readouterr().err

    worked.do("backfill", "--from", NOON, "--to", NOON)

    assert compute_digests(worked) == before
    assert len(list((worked.folder / "local").glob("warehouse.damaged-*.duckdb"))) == 1


@pytest.mark.slow
def test_an_hour_run_twice_changes_nothing(worked: Pair) -> None:
    before = compute_digests(worked)

    worked.run(NOON)
    worked.run(TEN)
    worked.run(ELEVEN)
    worked.run(NOON)

    assert compute_digests(worked) == before


@pytest.mark.slow
def test_landed_bytes_that_somebody_changed_are_refused(
    worked: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    landed = next((worked.folder / "local/landing/shelf/counts").glob("2026-04-06T12.*.csv"))
    landed.chmod(0o644)
    landed.write_bytes(landed.read_bytes().replace(b",5,", b",6,"))

    assert worked.run(NOON) == 2

    assert "does not match its digest" in capsys.readouterr().err
