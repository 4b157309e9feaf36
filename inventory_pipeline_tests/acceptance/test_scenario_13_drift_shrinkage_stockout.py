"""Scenario 13: drift, shrinkage and stockout told apart."""

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

HOUR = "2026-04-06T10:00Z"


@pytest.fixture
def told_apart(shop: Shop) -> Shop:
    systems = (
        files_system("wms", "wms", "movements") + files_system("erp", "erp")
        + files_system("storefront", "storefront")
    )  # fmt: skip
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        "facts:\n  on_hand: {owner: wms}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
        "  - {system: storefront, fact: on_hand, expects: on_hand}\n"
    )
    rows = {
        # item: wms, erp, storefront
        "A": (847, 812, 830),
        "B": (20, 20, 20),
        "C": (0, 0, 0),
        "D": (12, 12, 0),
        "E": (3, 3, 3),
        "F": (20, 20, 25),
    }
    for place, system in enumerate(("wms", "erp", "storefront")):
        lines = "\n".join(f"{k} L1 on_hand {v[place]} 10:00" for k, v in rows.items())
        shop.drop(system, "counts", HOUR, f"{COUNTS}\n{lines}")
    shop.drop(
        "wms", "movements", HOUR,
        f"{MOVEMENTS} disposition destination_id\n"
        "K1 count A L1 847 09:30 - -\nK2 count B L1 16 09:30 - -\n"
        "K3 count E L1 2 09:30 wrong_bin 15\nK4 count F L1 16 09:30 - -",
    )  # fmt: skip
    shop.run(HOUR)
    return shop


def classes(shop: Shop, sku: str) -> dict[tuple[str, str], int | None]:
    return {(f["class"], f["mirror"]): f["delta_units"] for f in shop.find("findings", sku=sku)}


@pytest.mark.slow
def test_units_that_exist_and_are_told_differently_are_drift(told_apart: Shop) -> None:
    assert classes(told_apart, "A") == {
        ("sync_drift", "erp"): -35,
        ("sync_drift", "storefront"): -17,
    }


@pytest.mark.slow
def test_a_count_below_the_record_that_no_movement_explains_is_shrinkage(
    told_apart: Shop,
) -> None:
    assert classes(told_apart, "B") == {("shrinkage", "wms"): -4}


@pytest.mark.slow
def test_nothing_anywhere_is_a_stockout_and_no_drift(told_apart: Shop) -> None:
    [finding] = told_apart.find("findings", sku="C")
    assert (finding["class"], finding["severity"]) == ("stockout", "none")
    assert {r["status"] for r in told_apart.find("comparisons", sku="C")} == {"match"}


@pytest.mark.slow
def test_goods_on_the_shelf_and_nothing_in_the_shop_are_a_false_stockout(told_apart: Shop) -> None:
    assert classes(told_apart, "D") == {("false_stockout", "storefront"): -12}


@pytest.mark.slow
def test_a_unit_found_in_another_bin_is_misplaced_and_not_lost(told_apart: Shop) -> None:
    assert classes(told_apart, "E") == {("misplaced", "wms"): -1}


def test_one_item_may_carry_loss_and_drift_at_once(told_apart: Shop) -> None:
    assert classes(told_apart, "F") == {
        ("shrinkage", "wms"): -4,
        ("sync_drift", "storefront"): 5,
    }


def test_bins_that_differ_under_an_equal_total_are_misplaced(shop: Shop) -> None:
    systems = files_system("shelf", "wms") + files_system("wms", "wms")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: shelf}}\n"
        "mirrors:\n  - {system: wms, fact: on_hand, expects: on_hand}\n"
    )
    shop.drop(
        "shelf", "counts", HOUR, f"{COUNTS} bin\nE L1 on_hand 2 10:00 14\nE L1 on_hand 1 10:00 15"
    )
    shop.drop("wms", "counts", HOUR, f"{COUNTS} bin\nE L1 on_hand 3 10:00 14")

    shop.run(HOUR)

    assert classes(shop, "E") == {("misplaced", "wms"): 0}


@pytest.mark.slow
def test_what_a_count_found_is_named_beside_drift(told_apart: Shop) -> None:
    kinds = {f["finding_id"]: f["kind"] for f in told_apart.export("findings")}
    causes = {
        (d["sku"], kinds[d["finding_id"]]): d["cause"] for d in told_apart.export("diagnoses")
    }

    assert causes["B", "count_variance"] == "shrinkage"
    assert causes["E", "count_variance"] == "wrong_bin"
    assert causes["C", "stockout"] == "true_stockout"
