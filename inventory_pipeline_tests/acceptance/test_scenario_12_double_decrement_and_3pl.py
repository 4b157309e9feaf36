"""Scenario 12: an order that lowered the shelf twice, and the outside warehouse nobody hears."""

import json
import re
from typing import Any

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

NINE, TEN, ELEVEN = "2026-04-06T09:00Z", "2026-04-06T10:00Z", "2026-04-06T11:00Z"
MORE = f"{MOVEMENTS} reference_id"
LEVELS = "change_id item_id location_id fact operation quantity changed_at reference_id"


def tell(shop: Shop, hour: str, system: str, units: int, *moves: str) -> None:
    as_of = f"{hour[11:13]}:55"
    shop.drop(system, "counts", hour, f"{COUNTS}\nMUG MAIN on_hand {units} {as_of}")
    shop.drop(system, "movements", hour, "\n".join([MORE, *moves]))


@pytest.fixture
def twice(shop: Shop) -> Shop:
    """47 everywhere; one is sold, and the WMS hears of it by webhook and by direct capture."""
    wms = files_system("wms", "wms", "movements", decrements_at="order")
    erp = files_system("erp", "erp", "movements", decrements_at="order")
    storefront = files_system("storefront", "storefront", "movements", decrements_at="order")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{wms}{erp}{storefront}"
        "facts:\n  on_hand: {owner: wms}\n"
        "mirrors:\n"
        "  - {system: erp, fact: on_hand, expects: on_hand}\n"
        "  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        "handoffs:\n"
        "  - {path: capture, source: storefront, target: wms, responsible: order desk}\n"
    )
    for system in ("wms", "erp", "storefront"):
        tell(shop, NINE, system, 47)
    shop.run(NINE)
    sold = ("D1 shipment MUG MAIN 1 10:10 O-1", "D2 shipment MUG MAIN 1 10:10 O-1")
    for hour in (TEN, ELEVEN):
        first = hour == TEN
        tell(shop, hour, "wms", 45, *(sold if first else ()))
        order = ("S1 order_placed MUG MAIN 1 10:09 O-1",) if first else ()
        tell(shop, hour, "storefront", 46, *order)
        tell(shop, hour, "erp", 46)
        shop.run(hour)
    return shop


def diagnose(shop: Shop, mirror: str) -> dict[str, Any]:
    row = shop.one("diagnoses", "--hour", ELEVEN, mirror=mirror)
    return {**row, "evidence": json.loads(row["evidence"])}


@pytest.mark.slow
def test_the_wms_is_one_below_what_its_order_asked_for(twice: Shop) -> None:
    fact = twice.one("facts", "--hour", ELEVEN, fact="on_hand")
    gap = twice.one("comparisons", "--hour", ELEVEN, mirror="storefront")

    assert fact["owner_units"] == 45
    assert gap["observed_units"] == 46
    # the WMS owns the number: seen from it every mirror is one too high, itself one too low
    assert gap["delta_units"] == 1


@pytest.mark.slow
def test_two_decrements_with_one_order_id_are_the_cause_and_the_trigger_is_wrong(
    twice: Shop,
) -> None:
    told = diagnose(twice, "storefront")

    assert told["cause"] == "double_decrement"
    assert told["fix_class"] == "wrong_trigger"
    assert told["verdict"] == "integration"
    records = told["evidence"]["records"]
    assert {(r["id"], r["reference_id"]) for r in records} == {("D1", "O-1"), ("D2", "O-1")}
    assert "one order (O-1) lowered wms twice" in told["sentence"]
    assert "keeps one capture of the order, webhook or direct" in told["sentence"]


@pytest.fixture
def shipped(shop: Shop) -> Shop:
    """A parcel of the outside warehouse: the ERP goes up by it, the storefront never hears."""
    threepl = files_system("threepl", "threepl", "movements")
    erp = files_system("erp", "erp", "movements", "levels")
    storefront = files_system("storefront", "storefront", "movements", "levels")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{threepl}{erp}{storefront}"
        "facts:\n  on_hand: {owner: threepl}\n"
        "mirrors:\n"
        "  - {system: erp, fact: on_hand, expects: on_hand}\n"
        "  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        "handoffs:\n"
        "  - {path: confirmations, source: threepl, target: storefront, carries: [shipment],"
        " responsible: fulfilment}\n"
    )
    for system in ("threepl", "erp", "storefront"):
        tell(shop, NINE, system, 10)
        if system != "threepl":
            shop.drop(system, "levels", NINE, LEVELS)
    shop.run(NINE)
    for hour in (TEN, ELEVEN):
        parcel = ("P-1 shipment MUG MAIN 1 10:05 O-7",) if hour == TEN else ()
        wrong = ["C1 MUG MAIN on_hand add 1 10:06 P-1"] if hour == TEN else []
        tell(shop, hour, "threepl", 9, *parcel)
        tell(shop, hour, "erp", 11)
        tell(shop, hour, "storefront", 10)
        shop.drop("erp", "levels", hour, "\n".join([LEVELS, *wrong]))
        shop.drop("storefront", "levels", hour, LEVELS)
        shop.run(hour)
    return shop


@pytest.mark.slow
def test_a_shipment_with_the_wrong_sign_makes_stock_that_is_not_there(shipped: Shop) -> None:
    finding = shipped.one("findings", kind="gap", mirror="erp")

    assert finding["delta_units"] == 2
    assert (finding["observed_units"], finding["expected_units"]) == (11, 9)
    told = diagnose(shipped, "erp")
    assert (told["cause"], told["explained_units"]) == ("field_mapping", 2)
    assert "posted a movement with the wrong sign: shipment P-1" in told["sentence"]
    assert [r["id"] for r in told["evidence"]["records"]] == ["P-1", "C1"]


@pytest.mark.slow
def test_a_confirmation_that_never_came_asks_for_the_message_that_is_missing(
    shipped: Shop,
) -> None:
    told = diagnose(shipped, "storefront")

    assert told["cause"] == "threepl_confirmation_missing"
    assert told["fix_class"] == "missing_webhook"
    assert (
        "never told that the outside warehouse shipped: shipment P-1 (1 unit" in (told["sentence"])
    )
    assert "next: fulfilment puts" in told["sentence"]


@pytest.mark.slow
def test_nobody_is_ever_told_to_replace_an_application_or_to_try_again(
    twice: Shop,
) -> None:
    told = twice.export("diagnoses")

    assert told
    for row in told:
        assert not re.search(r"re-?run|replace|migrate|another (erp|wms)", row["sentence"], re.I)


def test_a_path_without_one_event_for_forty_shipments_is_silent(shop: Shop) -> None:
    threepl = files_system("threepl", "threepl", "movements")
    storefront = files_system("storefront", "storefront", "movements")
    hub = files_system("hub", "middleware", "events").replace(
        'counts: "exports/hub/counts-{hour}.csv", ', ""
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{threepl}{storefront}{hub}"
        "facts:\n  on_hand: {owner: threepl}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        "handoffs:\n"
        "  - {path: confirmations, source: threepl, target: storefront, carries: [shipment],"
        " responsible: fulfilment}\n"
    )
    parcels = [f"P{n} shipment MUG MAIN 1 10:{n:02d} O-{n}" for n in range(40)]
    tell(shop, TEN, "threepl", 60, *parcels)
    tell(shop, TEN, "storefront", 100)
    events = "event_id path item_id location_id operation quantity emitted_at attempt status"
    shop.drop("hub", "events", TEN, events)
    shop.run(TEN)

    path = shop.one("handoffs", "--hour", TEN, path="confirmations")

    assert (path["state"], path["events"], path["responsible"]) == ("silent", 0, "fulfilment")
