"""Scenario 18, the stock side: a box comes back, late, stained, or not at all."""

from datetime import date, timedelta

import pytest

from inventory_pipeline_tests.support.shop import MOVEMENTS, Shop, files_system

COUNTS = "item_id location_id fact quantity as_of"
RETURNS = f"{MOVEMENTS} reference_id disposition"
DAY_0 = date(2026, 4, 6)


def configure(shop: Shop) -> None:
    shelf = files_system("shelf", "wms", "movements")
    front = files_system(
        "storefront", "storefront", writes="[available]", receives="[return_received]"
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{front}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: storefront, fact: available, expects: on_hand}\n"
    )


def run_day(
    shop: Shop, day: int, *moved: str, mug: int = 10, front: int = 10, hat: int = 5
) -> None:
    """Run 10:00 of a day: what moved, what lies there, what the storefront shows."""
    hour = f"{DAY_0 + timedelta(days=day)}T10:00Z"
    rows = [f"MUG L1 on_hand {mug} 10:55", f"HAT L1 on_hand {hat} 10:55"]
    shop.drop("shelf", "counts", hour, "\n".join([COUNTS, *rows]))
    shown = [f"MUG L1 available {front} 10:55", "HAT L1 available 5 10:55"]
    shop.drop("storefront", "counts", hour, "\n".join([COUNTS, *shown]))
    shop.drop("shelf", "movements", hour, "\n".join([RETURNS, *moved]))
    shop.run(hour)


def test_starting_a_return_raises_nothing_and_an_early_refund_is_no_fault(shop: Shop) -> None:
    configure(shop)
    run_day(shop, 0, "M-1 return_initiated MUG L1 3 10:05 RMA-1 -")

    assert shop.one("facts", sku="MUG")["owner_units"] == 10
    assert shop.find("findings", state="open", **{"class": "return"}) == []
    assert shop.export("receipts") == []


@pytest.mark.slow
def test_only_good_units_raise_stock_and_mirrors_are_told_by_receipt(shop: Shop) -> None:
    configure(shop)
    run_day(shop, 0, "M-1 return_initiated MUG L1 3 10:05 RMA-1 -")
    run_day(
        shop, 4,
        "M-2 return_received MUG L1 1 10:05 RMA-1 good",
        "M-3 return_received MUG L1 1 10:06 RMA-1 damaged",
        mug=11,
    )  # fmt: skip

    receipt = shop.one("receipts", sku="MUG")
    assert (receipt["system"], receipt["operation"], receipt["units"]) == ("storefront", "add", 1)
    assert receipt["cause_id"] == "M-2"
    # The storefront lacks one unit, and that unit is on its way (OUT-12 needs its own clock).
    assert shop.do("deliver", "--once") == 0


@pytest.mark.slow
def test_a_box_that_is_not_there_on_day_22_is_overdue(shop: Shop) -> None:
    configure(shop)
    run_day(shop, 0, "M-1 return_initiated MUG L1 2 10:05 RMA-2 -")
    run_day(shop, 20)
    assert shop.find("findings", kind="return_overdue") == []
    run_day(shop, 22)

    finding = shop.one("findings", kind="return_overdue")
    assert (finding["class"], finding["severity"], finding["subject"]) == (
        "return", "notable", "RMA-2"
    )  # fmt: skip


@pytest.mark.slow
def test_a_restock_without_a_box_is_a_fault_of_the_write_order(shop: Shop) -> None:
    configure(shop)
    run_day(shop, 0, "M-1 return_initiated HAT L1 1 10:05 RMA-3 -")
    run_day(shop, 1, "M-2 adjustment HAT L1 1 10:05 RMA-3 -", hat=6)
    run_day(shop, 2, hat=6)

    finding = shop.one("findings", kind="return_restocked_without_arrival")
    assert (finding["class"], finding["delta_units"]) == ("return", 1)
    assert "write_order" in finding["details"]


def test_a_good_box_is_in_the_queue_the_moment_it_is_told(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(shop)
    run_day(shop, 0)
    words = ("change", "return", "MUG", "--location", "L1", "--by", "anna", "--reference", "M-2")
    assert shop.do(*words, "--units", "1") == 0
    assert shop.do(*words, "--units", "1") == 0
    assert "told before" in capsys.readouterr().out
    assert shop.do(*words, "--units", "-1") == 2

    receipt = shop.one("receipts")
    assert (receipt["system"], receipt["operation"], receipt["units"]) == ("storefront", "add", 1)
