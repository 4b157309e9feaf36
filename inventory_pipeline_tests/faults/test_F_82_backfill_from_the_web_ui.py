"""F-82: hours computed again from the web UI touch nobody: no fetch, mail, notice or proposal."""

from collections.abc import Iterator

import dagster as dg
import pytest

from inventory_pipeline.defs.places import HEARTBEAT, PROPOSALS, name_ingest
from inventory_pipeline.model.hours import compute_key, find_hours, parse_hour
from inventory_pipeline_tests.support.digest import compute_digests
from inventory_pipeline_tests.support.roof import ELEVEN, NINE, TEN, Roof, configure_pair, drop_pair
from inventory_pipeline_tests.support.shop import Shop

FIRST, LAST = "2026-04-05T00:00Z", "2026-04-06T23:00Z"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def drop_hours(shop: Shop, first: str, last: str) -> None:
    for hour_at in find_hours(parse_hour(first), parse_hour(last)):
        drop_pair(shop, compute_key(hour_at), {"A": 14, "B": 5}, {"A": 6})


def list_files(shop: Shop, pattern: str) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in (shop.folder / "local").rglob(pattern)}


@pytest.mark.slow
def test_F_82_forty_eight_hours_again_have_no_side_effect(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    configure_pair(shop)
    drop_hours(shop, FIRST, LAST)
    roof = Roof(shop, instance, after=LAST, start=FIRST)
    for first, last in ((FIRST, "2026-04-05T23:00Z"), ("2026-04-06T00:00Z", LAST)):
        assert roof.run_range(first, last).success
    landed = list_files(shop, "*")
    proposals, tables = shop.export("proposals"), compute_digests(shop)
    beat = (roof.house.storage / "heartbeat.json").read_bytes()
    mails = roof.read_journal("select * from mails")
    (roof.house.storage / "warehouse.duckdb").unlink()

    for first, last in ((FIRST, "2026-04-05T23:00Z"), ("2026-04-06T00:00Z", LAST)):
        assert roof.backfill(first, last).success

    assert compute_digests(shop) == tables, "48 finding sets, the same"
    kept = {path: at for path, at in list_files(shop, "*").items() if "landing" in path}
    assert kept == {path: at for path, at in landed.items() if "landing" in path}, "0 fetches"
    assert shop.export("proposals") == proposals
    assert (roof.house.storage / "heartbeat.json").read_bytes() == beat
    assert roof.read_journal("select * from mails") == mails == []
    assert roof.read_journal("select * from notices") == []
    assert sum(kind == "backfill" for _hour, kind, _state in roof.list_attempts()) == 48


@pytest.mark.slow
def test_F_82_a_backfill_reads_no_file_that_was_dropped_since(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    configure_pair(shop)
    drop_hours(shop, NINE, TEN)
    roof = Roof(shop, instance, after=ELEVEN)
    roof.run(TEN)

    assert roof.backfill(NINE, TEN).success

    assert roof.find_metadata(name_ingest("shelf"), NINE)["status"] == "missing"
    assert [row["status"] for row in shop.export("cycles")] == ["missed", "drift"]
    assert roof.find_metadata(PROPOSALS, TEN)["new_proposals"] == 0
    assert roof.find_metadata(HEARTBEAT, TEN)["signed"] is False


@pytest.mark.slow
def test_F_82_an_hour_asked_for_by_hand_may_read_a_late_file(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    configure_pair(shop)
    drop_hours(shop, NINE, NINE)
    roof = Roof(shop, instance, after=ELEVEN)

    assert roof.run(NINE).success

    assert shop.one("cycles")["status"] == "drift"
    assert roof.read_journal("select * from mails") == []
