"""Scenario 17: what the assistant may do by itself, and what it hands over."""

import json

import pytest

from inventory_pipeline_tests.support import limited_shop
from inventory_pipeline_tests.support.limited_shop import LAST, LOST
from inventory_pipeline_tests.support.shop import Shop


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return a shop with a proven gap of four, where the assistant may act."""
    shop = Shop(tmp_path_factory.mktemp("fixed"))
    limited_shop.configure(shop)
    limited_shop.live(shop, gap=4)
    return shop


@pytest.mark.slow
def test_a_proven_gap_of_five_or_less_is_fixed_by_a_receipt_towards_the_owner(fixed: Shop) -> None:
    proposal = fixed.one("proposals", sku=LOST)
    receipt = fixed.one("receipts")

    assert (proposal["decision"], proposal["decided_by"]) == ("auto", "assistant")
    assert (proposal["before_units"], proposal["target_units"]) == (21, 25)
    assert (receipt["system"], receipt["operation"], receipt["units"]) == ("storefront", "set", 25)
    assert receipt["cause_id"] == "W-1"
    assert json.loads(proposal["evidence"])["records"][0]["id"] == "W-1"


def test_the_same_hour_run_again_decides_the_same_and_sends_nothing_more(fixed: Shop) -> None:
    before = fixed.export("proposals"), fixed.export("receipts")

    fixed.run(LAST)

    assert (fixed.export("proposals"), fixed.export("receipts")) == before


def test_the_correction_is_dropped_once_and_confirmed_by_the_next_counts(fixed: Shop) -> None:
    assert fixed.do("deliver", "--once") == 0
    assert fixed.do("deliver", "--once") == 0
    [dropped] = (fixed.folder / "outbox/storefront").glob("corrections-*.csv")
    assert f",{LOST},L1,available,set,25,21," in dropped.read_text()
    assert fixed.one("receipts")["state"] == "sent"

    eleven = "2026-04-06T11:00Z"
    limited_shop.drop(fixed, eleven, gap=0, seen={LOST: 25}, shelf={LOST: 25})
    fixed.run(eleven)

    assert fixed.one("receipts")["state"] == "confirmed"
    assert fixed.find("findings", kind="gap", state="open") == []


@pytest.mark.slow
@pytest.mark.parametrize(("gap", "reason"), [(6, "-6 is more than 5 units")])
def test_six_is_never_fixed(shop: Shop, gap: int, reason: str) -> None:
    limited_shop.configure(shop)
    limited_shop.live(shop, gap=gap)

    proposal = shop.one("proposals", sku=LOST)
    assert proposal["decision"] == "flagged"
    assert reason in proposal["reason"]
    assert shop.export("receipts") == []


@pytest.mark.parametrize("mode", ["shadow", "off"])
@pytest.mark.slow
def test_nothing_is_sent_unless_the_assistant_is_limited(shop: Shop, mode: str) -> None:
    limited_shop.configure(shop, mode=mode)
    limited_shop.live(shop, gap=4)

    proposal = shop.one("proposals", sku=LOST)
    assert proposal["decision"] == "flagged"
    assert proposal["shadow"] == ("would" if mode == "shadow" else "")
    assert shop.export("receipts") == []


@pytest.mark.slow
def test_a_persons_no_is_not_overruled_when_the_assistant_may_act(shop: Shop) -> None:
    limited_shop.configure(shop, mode="shadow")
    limited_shop.live(shop, gap=4)
    proposal_id = shop.one("proposals", sku=LOST)["proposal_id"]
    assert shop.do("reject", proposal_id, "--by", "anna", "--reason", "it is on its way") == 0

    limited_shop.configure(shop)
    shop.run(LAST)

    proposal = shop.one("proposals", sku=LOST)
    assert (proposal["decision"], proposal["decided_by"]) == ("rejected", "anna")
    assert shop.export("receipts") == []


@pytest.mark.slow
def test_drift_of_more_than_two_in_a_hundred_suspends_everything(shop: Shop) -> None:
    limited_shop.configure(shop)
    for hour in limited_shop.HOURS[:-1]:
        limited_shop.drop(shop, hour, gap=4)
        shop.run(hour)
    others = dict.fromkeys(limited_shop.ITEMS[5:8], 16)
    limited_shop.drop(shop, LAST, gap=4, seen=others)
    shop.run(LAST)

    proposals = shop.export("proposals")
    assert [row["decision"] for row in proposals] == ["suspended"] * 4
    assert all("3.3% of the active SKUs is more than 2.0%" in row["reason"] for row in proposals)
    assert shop.export("receipts") == []
