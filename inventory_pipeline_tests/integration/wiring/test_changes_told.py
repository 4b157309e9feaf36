"""Changes that are told: stuck ones are findings, late hours tell theirs, ghosts tell nobody."""

from datetime import timedelta

import pytest

from inventory_pipeline.correct.changing import Told
from inventory_pipeline.errors import UsageError
from inventory_pipeline.wiring import outbox
from inventory_pipeline.wiring.changing import change
from inventory_pipeline.wiring.hourly import run_hour
from inventory_pipeline.wiring.house import House, build_house
from inventory_pipeline_tests.support.report_house import StoppedClock
from inventory_pipeline_tests.support.shop import MOVEMENTS, Shop, at, files_system

NINE, TEN, ELEVEN = "2026-04-06T09:00Z", "2026-04-06T10:00Z", "2026-04-06T11:00Z"
COUNTS = "item_id location_id fact quantity as_of"


@pytest.fixture
def house(shop: Shop) -> House:
    """Return a shop whose storefront hears of receipts from us, at 10:05."""
    shelf = files_system("shelf", "wms", "movements")
    front = files_system("storefront", "storefront", writes="[available]", receives="[receipt]")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{front}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: storefront, fact: available, expects: on_hand}\n"
    )
    for hour in (NINE, TEN, ELEVEN):
        clock = hour[11:13]
        shop.drop("shelf", "counts", hour, f"{COUNTS}\nMUG L1 on_hand 10 {clock}:55")
        front_rows = f"MUG L1 available 10 {clock}:55\nGHOST L1 available 3 {clock}:55"
        shop.drop("storefront", "counts", hour, f"{COUNTS}\n{front_rows}")
        shop.drop("shelf", "movements", hour, MOVEMENTS)
    return build_house(shop.config, clock=StoppedClock(at(TEN) + timedelta(minutes=5)))


def set_clock(house: House, hour: str, minutes: int) -> None:
    house.clock.at = at(hour) + timedelta(minutes=minutes)  # type: ignore[attr-defined]


def tell(house: House, sku: str = "MUG") -> list[str]:
    return change(house, Told("restock", sku, "L1", 2, "anna", f"PO-{sku}"))


@pytest.mark.slow
def test_a_receipt_that_waits_too_long_is_a_finding_until_it_is_over(
    house: House, shop: Shop
) -> None:
    run_hour(house, at(NINE))
    [receipt_id] = tell(house)
    set_clock(house, ELEVEN, 5)
    run_hour(house, at(TEN))

    finding = shop.one("findings", kind="receipts_stuck")
    assert (finding["mirror"], finding["class"], finding["state"]) == (
        "storefront", "handoff", "open"
    )  # fmt: skip
    assert '"receipts": 1' in finding["details"]

    outbox.deliver(house)
    set_clock(house, ELEVEN, 20)
    [dropped] = (shop.folder / "outbox/storefront").glob("*.csv")
    dropped.with_name(f"{dropped.name}.ack").write_text(
        f"receipt_id,outcome\n{receipt_id},applied\n"
    )
    outbox.deliver(house)
    set_clock(house, ELEVEN, 65)
    assert not outbox.deliver(house).tally  # nothing is left to do, and nothing is counted
    run_hour(house, at(ELEVEN))
    assert shop.one("findings", kind="receipts_stuck")["state"] == "cleared"


@pytest.mark.slow
def test_a_receipt_of_the_last_minutes_is_not_stuck(house: House, shop: Shop) -> None:
    run_hour(house, at(NINE))
    set_clock(house, TEN, 50)
    tell(house)
    set_clock(house, ELEVEN, 5)
    run_hour(house, at(TEN))
    assert shop.find("findings", kind="receipts_stuck") == []


@pytest.mark.slow
def test_an_hour_that_is_filled_in_late_still_tells_its_movements(house: House, shop: Shop) -> None:
    shop.drop("shelf", "movements", TEN, f"{MOVEMENTS}\nM-1 receipt MUG L1 2 10:20")
    run_hour(house, at(NINE))
    set_clock(house, ELEVEN, 65)
    assert not outbox.deliver(house).tally  # nothing is left to do, and nothing is counted
    run_hour(house, at(ELEVEN))
    assert shop.export("receipts") == []

    run_hour(house, at(TEN))
    receipt = shop.one("receipts")
    assert (receipt["cause_id"], receipt["operation"], receipt["units"]) == ("M-1", "add", 2)
    run_hour(house, at(TEN))
    assert len(shop.export("receipts")) == 1


@pytest.mark.slow
def test_an_old_hour_that_is_run_again_tells_nothing_that_is_new_to_it(
    house: House, shop: Shop
) -> None:
    run_hour(house, at(NINE))
    set_clock(house, ELEVEN, 65)
    run_hour(house, at(TEN))
    run_hour(house, at(ELEVEN))
    shop.configure(shop.config.read_text().replace("[receipt]", "[receipt, return_received]"))
    late = build_house(shop.config, clock=house.clock)
    shop.drop("shelf", "movements", TEN, f"{MOVEMENTS}\nM-1 return_received MUG L1 2 10:20")
    run_hour(late, at(TEN))
    assert shop.export("receipts") == []


def test_what_only_a_mirror_shows_is_told_to_nobody(house: House, shop: Shop) -> None:
    run_hour(house, at(NINE))
    with pytest.raises(UsageError, match="a ghost; nothing is told of it"):
        tell(house, "GHOST")
    assert shop.export("receipts") == []
