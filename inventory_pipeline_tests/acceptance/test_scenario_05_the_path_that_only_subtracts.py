"""Scenario 5: shelf 14, storefront 6; twenty sales came through, one restock of 8 did not."""

import json

import pytest

from inventory_pipeline_tests.support.shop import MOVEMENTS, Shop, files_system

NINE, TEN = "2026-04-06T09:00Z", "2026-04-06T10:00Z"
COUNTS = "item_id location_id fact quantity as_of"
LEVELS = "change_id item_id location_id fact operation quantity changed_at reference_id"


@pytest.fixture
def shop_of_sales(shop: Shop) -> Shop:
    """Return a shop whose storefront hears of every sale and of no restock."""
    shelf = files_system("shelf", "wms", "movements")
    storefront = files_system(
        "storefront", "storefront", "movements", "levels", decrements_at="order"
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{storefront}"
        "facts:\n  on_hand: {owner: shelf}\n"
        'mirrors:\n  - {system: storefront, fact: available, expects: "on_hand - committed"}\n'
    )
    drop_hour(shop, NINE, shelf=26, storefront=26, sales=0)
    drop_hour(shop, TEN, shelf=14, storefront=6, sales=20)
    shop.run(NINE)
    assert shop.run(TEN) == 1
    return shop


def drop_hour(shop: Shop, hour: str, *, shelf: int, storefront: int, sales: int) -> None:
    day = hour[11:13]
    as_of = f"{day}:55"
    shop.drop("shelf", "counts", hour, f"{COUNTS}\nMUG L1 on_hand {shelf} {as_of}")
    shop.drop("storefront", "counts", hour, f"{COUNTS}\nMUG L1 available {storefront} {as_of}")
    shipped = [f"W{n} shipment MUG L1 1 {day}:{n + 20} O{n}" for n in range(sales)]
    if sales:
        shipped.append(f"W99 receipt MUG L1 8 {day}:05 PO-7")
    shop.drop("shelf", "movements", hour, "\n".join([f"{MOVEMENTS} reference_id", *shipped]))
    ordered = [f"S{n} order_placed MUG L1 1 {day}:{n + 10} O{n}" for n in range(sales)]
    shop.drop("storefront", "movements", hour, "\n".join([f"{MOVEMENTS} reference_id", *ordered]))
    heard = [f"C{n} MUG L1 available add -1 {day}:{n + 10} O{n}" for n in range(sales)]
    shop.drop("storefront", "levels", hour, "\n".join([LEVELS, *heard]))


@pytest.mark.slow
def test_the_gap_is_major_and_its_cause_is_the_missing_addition(shop_of_sales: Shop) -> None:
    finding = shop_of_sales.one("findings", kind="gap")
    diagnosis = shop_of_sales.one("diagnoses", finding_id=finding["finding_id"])

    assert (finding["delta_units"], finding["severity"]) == (-8, "major")
    assert diagnosis["cause"] == "additions_not_propagated"
    assert (diagnosis["explained_units"], diagnosis["unexplained_units"]) == (-8, 0)
    assert diagnosis["fix_class"] == "missing_webhook"
    assert diagnosis["verdict"] == "integration"
    evidence = json.loads(diagnosis["evidence"])
    assert [(r["id"], r["kind"], r["units"]) for r in evidence["records"]] == [
        ("W99", "receipt", 8)
    ]


@pytest.mark.slow
def test_nothing_is_corrected_and_the_proposal_asks_for_a_person(shop_of_sales: Shop) -> None:
    proposal = shop_of_sales.one("proposals")

    assert (proposal["before_units"], proposal["target_units"]) == (6, 14)
    # One item of one: all of them drift, so the whole run is suspended.
    assert proposal["decision"] == "suspended"
    assert "-8 is more than 5 units" in proposal["reason"]


@pytest.mark.slow
def test_a_second_diagnosis_of_the_hour_is_the_same_to_the_byte(shop_of_sales: Shop) -> None:
    before = shop_of_sales.export("diagnoses")

    shop_of_sales.do("backfill", "--from", TEN, "--to", TEN)

    assert shop_of_sales.export("diagnoses") == before
