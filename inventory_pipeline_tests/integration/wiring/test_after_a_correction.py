"""After a correction of ours: its row in the mirror's log is ours, and stands in nobody's way."""

import json

import pytest

from inventory_pipeline.model.hours import HOUR, parse_hour
from inventory_pipeline.wiring.house import SystemClock
from inventory_pipeline_tests.support import limited_shop
from inventory_pipeline_tests.support.limited_shop import LAST, LEVELS, LOST
from inventory_pipeline_tests.support.report_house import StoppedClock
from inventory_pipeline_tests.support.shop import MOVEMENTS, Shop

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
