"""Scenario 7: one system falls at the order, the other at the shipment."""

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

TEN, ELEVEN = "2026-04-06T10:00Z", "2026-04-06T11:00Z"


@pytest.fixture
def two_moments(shop: Shop) -> Shop:
    shelf = files_system("shelf", "wms", "movements", decrements_at="shipment")
    storefront = files_system("storefront", "storefront", "movements", decrements_at="order")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{storefront}"
        "facts:\n  on_hand: {owner: shelf}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )
    return shop


def write(shop: Shop, hour: str, *, shelf: int, storefront: int, placed: str, shipped: str) -> None:
    time = f"{hour[11:16]}"
    for system, units in (("shelf", shelf), ("storefront", storefront)):
        shop.drop(
            system, "counts", hour,
            f"{COUNTS}\nA L1 on_hand {units} {time}\nB L1 on_hand 5 {time}",
        )  # fmt: skip
    shop.drop("storefront", "movements", hour, f"{MOVEMENTS} reference_id\n{placed}")
    shop.drop("shelf", "movements", hour, f"{MOVEMENTS} reference_id\n{shipped}")


def test_open_orders_are_taken_off_once(two_moments: Shop) -> None:
    write(
        two_moments, TEN, shelf=10, storefront=7,
        placed="M1 order_placed A L1 3 09:30 O1", shipped="",
    )  # fmt: skip

    assert two_moments.run(TEN) == 0

    row = two_moments.one("comparisons", sku="A")
    assert (row["raw_delta_units"], row["in_flight_units"], row["delta_units"]) == (-3, -3, 0)
    assert row["status"] == "in_flight"
    pairs = two_moments.find("findings", kind="decrement_moment")
    assert [(f["mirror"], f["owner"], f["sku"]) for f in pairs] == [("storefront", "shelf", "")]
    assert two_moments.find("findings", kind="gap") == []


@pytest.mark.slow
def test_nothing_is_left_after_the_shipment_and_the_pair_is_still_named(two_moments: Shop) -> None:
    write(
        two_moments, TEN, shelf=10, storefront=7,
        placed="M1 order_placed A L1 3 09:30 O1", shipped="",
    )  # fmt: skip
    two_moments.run(TEN)
    write(
        two_moments, ELEVEN, shelf=7, storefront=7,
        placed="", shipped="M2 shipment A L1 3 10:30 O1",
    )  # fmt: skip

    two_moments.run(ELEVEN)

    row = two_moments.one("comparisons", "--hour", ELEVEN, sku="A")
    assert (row["raw_delta_units"], row["delta_units"], row["status"]) == (0, 0, "match")
    before = two_moments.one("comparisons", "--hour", TEN, sku="A")
    assert before["status"] == "in_flight"
    [pair] = two_moments.find("findings", kind="decrement_moment")
    assert pair["streak"] == 2


def test_an_order_the_storefront_did_not_hear_of_stays_unexplained(two_moments: Shop) -> None:
    write(
        two_moments, TEN, shelf=10, storefront=7,
        placed="M1 order_placed A L1 4 09:30 O1", shipped="",
    )  # fmt: skip

    two_moments.run(TEN)

    row = two_moments.one("comparisons", sku="A")
    assert (row["raw_delta_units"], row["in_flight_units"], row["delta_units"]) == (-3, -4, 1)


def test_equal_numbers_hide_an_order_nobody_took_off(two_moments: Shop) -> None:
    write(
        two_moments, TEN, shelf=10, storefront=10,
        placed="M1 order_placed A L1 3 09:30 O1", shipped="",
    )  # fmt: skip

    two_moments.run(TEN)

    row = two_moments.one("comparisons", sku="A")
    assert (row["raw_delta_units"], row["in_flight_units"], row["delta_units"]) == (0, -3, 3)


def test_commitments_taken_off_by_the_rule_are_not_taken_off_again(two_moments: Shop) -> None:
    two_moments.configure(
        two_moments.config.read_text().replace("expects: on_hand", 'expects: "on_hand - committed"')
    )
    write(
        two_moments, TEN, shelf=10, storefront=7,
        placed="M1 order_placed A L1 3 09:30 O1", shipped="",
    )  # fmt: skip

    two_moments.run(TEN)

    row = two_moments.one("comparisons", sku="A")
    assert (row["expected_units"], row["in_flight_units"], row["delta_units"]) == (7, 0, 0)
    assert two_moments.find("findings", kind="decrement_moment") == []
