"""Hour after hour: after a correction of ours, after an older hour, without some feed."""

import json

import pytest

from inventory_pipeline.model.hours import HOUR, parse_hour
from inventory_pipeline.wiring.house import SystemClock
from inventory_pipeline_tests.support import limited_shop
from inventory_pipeline_tests.support.limited_shop import LAST, LEVELS, LOST
from inventory_pipeline_tests.support.report_house import StoppedClock
from inventory_pipeline_tests.support.shop import MOVEMENTS, Shop, files_system

ELEVEN, TWELVE = "2026-04-06T11:00Z", "2026-04-06T12:00Z"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """Return the clock of every command: receipts are made and confirmed in the hours they tell."""
    stopped = StoppedClock(parse_hour(LAST) + HOUR)
    monkeypatch.setattr(SystemClock, "now", lambda _self: stopped.at)
    return stopped


def correct(shop: Shop, clock: StoppedClock, written: str) -> None:
    """Live until the assistant has mended a lost restock, and an hour that shows it."""
    limited_shop.configure(shop)
    limited_shop.live(shop, gap=4)
    shop.do("deliver", "--once")
    reference = written.format(**shop.one("receipts"))
    clock.advance(HOUR)
    limited_shop.drop(shop, ELEVEN, gap=0, seen={LOST: 25}, shelf={LOST: 25})
    shop.drop(
        "storefront", "levels", ELEVEN, f"{LEVELS}\nC-3 {LOST} L1 available add 4 11:10 {reference}"
    )
    shop.run(ELEVEN)
    clock.advance(HOUR)


@pytest.mark.slow
def test_an_older_hour_read_once_more_brings_no_old_number_back(shop: Shop) -> None:
    limited_shop.configure(shop, mode="shadow")
    limited_shop.live(shop, gap=4)
    limited_shop.drop(shop, ELEVEN, gap=0, seen={LOST: 18}, shelf={LOST: 22})
    shop.run(ELEVEN)
    before = shop.export("proposals")

    shop.run(LAST)

    assert shop.export("proposals") == before
    standing = [row["target_units"] for row in before if row["decision"] == "flagged"]
    assert standing == [22]


def test_an_hour_that_has_not_begun_is_refused(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    limited_shop.configure(shop)

    assert shop.run("2062-04-06T10:00Z") == 2
    assert "--hour 2062-04-06T10:00Z has not begun" in capfd.readouterr().err
    assert not list(shop.folder.rglob("warehouse.duckdb"))
    assert shop.do("backfill", "--to", "2062-04-06T10:00Z") == 2
    assert "--to 2062-04-06T10:00Z has not begun" in capfd.readouterr().err


def test_a_system_that_gives_no_counts_is_as_whole_as_what_it_gives(shop: Shop) -> None:
    shelf, front = files_system("shelf", "wms"), files_system("storefront", "storefront")
    middleware = files_system("hub", "middleware", "events").replace(
        'counts: "exports/hub/counts-{hour}.csv", ', ""
    )
    assert "hub/counts" not in middleware
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{front}{middleware}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )
    counts = f"{limited_shop.COUNTS}\nA L1 on_hand 5 10:00"
    for system in ("shelf", "storefront"):
        shop.drop(system, "counts", LAST, counts)
    shop.run(LAST)
    assert shop.one("cycles")["reason"] == "hub missing"
    shop.drop(
        "hub", "events", LAST,
        "event_id path item_id location_id operation quantity emitted_at processed_at attempt "
        "idempotency_key status\nE1 push A L1 set 5 10:00 10:00 1 k1 ok",
    )  # fmt: skip
    shop.run(LAST)

    cycle = shop.one("cycles")
    assert (cycle["sources_expected"], cycle["sources_complete"]) == (3, 3)
    assert (cycle["status"] == "incomplete", cycle["reason"]) == (False, "")


@pytest.mark.slow
def test_what_arrived_and_nobody_has_confirmed_yet_opens_no_gap_and_hides_none(
    shop: Shop, clock: StoppedClock
) -> None:
    correct(shop, clock, "{reference}")

    row = shop.one("comparisons", "--hour", ELEVEN, sku=LOST)
    assert (row["status"], row["in_flight_units"], row["delta_units"]) == ("match", 0, 0)
    assert shop.one("receipts")["state"] == "confirmed"
    limited_shop.drop(shop, TWELVE, gap=0, seen={LOST: 26}, shelf={LOST: 28})
    shop.drop(
        "shelf", "movements", TWELVE,
        f"{MOVEMENTS} reference_id\n"
        f"W-3 receipt {LOST} L1 2 12:05 PO-3\nW-4 receipt {LOST} L1 1 12:20 PO-4",
    )  # fmt: skip
    shop.drop("storefront", "levels", TWELVE, f"{LEVELS}\nC-4 {LOST} L1 available add 1 12:21 W-4")
    shop.run(TWELVE)

    [told] = shop.find("diagnoses", "--hour", TWELVE)
    assert (told["cause"], told["is_proven"]) == ("movement_dropped", True), told["evidence"]
    assert [each["id"] for each in json.loads(told["evidence"])["records"]] == ["W-3"]
    assert told["correction_units"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("written", ["{receipt_id}", "{reference}"])
def test_who_undoes_a_correction_of_the_outbox_is_found(
    shop: Shop, clock: StoppedClock, written: str
) -> None:
    correct(shop, clock, written)
    limited_shop.drop(shop, TWELVE, gap=0, seen={LOST: 21}, shelf={LOST: 25})
    shop.drop("storefront", "levels", TWELVE, f"{LEVELS}\nC-4 {LOST} L1 available add -4 12:10 -")
    shop.run(TWELVE)

    [told] = shop.find("diagnoses", "--hour", TWELVE)
    assert (told["cause"], told["is_proven"]) == ("our_echo_or_loop", False), told["evidence"]
    assert told["correction_units"] is None
