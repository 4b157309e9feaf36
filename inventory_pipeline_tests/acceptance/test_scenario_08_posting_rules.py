"""Scenario 8, a to d: safety stock, cases, commitments and a channel's reservation."""

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, Shop, files_system

HOUR = "2026-04-06T10:00Z"


@pytest.fixture
def rules(shop: Shop) -> Shop:
    systems = "".join(
        files_system(name, role)
        for name, role in (("wms", "wms"), ("erp", "erp"), ("erp_cases", "erp"),
                           ("erp_free", "erp"), ("web", "storefront"), ("store", "pos"))
    )  # fmt: skip
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        "catalog: {items: catalog.csv, identities: identities.csv}\n"
        "facts:\n  on_hand: {owner: wms}\n  committed: {owner: wms}\n  bopis_held: {owner: wms}\n"
        "mirrors:\n"
        '  - {system: erp, fact: on_hand, expects: "on_hand - safety_stock"}\n'
        "  - {system: erp_cases, fact: on_hand, expects: on_hand, unit: CS}\n"
        '  - {system: erp_free, fact: on_hand, expects: "on_hand - committed"}\n'
        '  - {system: web, fact: available, expects: "on_hand - bopis_held"}\n'
        "  - {system: store, fact: available, expects: on_hand}\n"
    )
    shop.write("catalog.csv", "sku,title,safety_stock\nA,Lamp,5\nB,Cup,\nC,Bowl,\nD,Tray,\n")
    shop.write(
        "identities.csv",
        "sku,system,item_id,unit,eaches_per_unit\nB,erp_cases,B,CS,12\nE,erp_cases,E,CS,12\n",
    )
    shop.drop(
        "wms", "counts", HOUR,
        f"{COUNTS}\nA L1 on_hand 50 10:00\nB L1 on_hand 240 10:00\nC L1 on_hand 20 10:00\n"
        "C L1 committed 6 10:00\nD L1 on_hand 30 10:00\nD L1 bopis_held 4 10:00\n"
        "E L1 on_hand 25 10:00",
    )  # fmt: skip
    shop.drop("erp", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 45 10:00")
    shop.drop("erp_cases", "counts", HOUR, f"{COUNTS}\nB L1 on_hand 10 10:00\nE L1 on_hand 2 10:00")
    shop.drop("erp_free", "counts", HOUR, f"{COUNTS}\nC L1 on_hand 20 10:00")
    shop.drop("web", "counts", HOUR, f"{COUNTS}\nD L1 available 26 10:00")
    shop.drop("store", "counts", HOUR, f"{COUNTS}\nD L1 available 30 10:00")
    shop.run(HOUR)
    return shop


@pytest.mark.slow
def test_a_safety_stock_taken_off_by_rule_is_a_match(rules: Shop) -> None:
    row = rules.one("comparisons", sku="A", mirror="erp")
    assert (row["expected_units"], row["observed_units"], row["status"]) == (45, 45, "match")


@pytest.mark.slow
def test_cases_are_eaches_and_the_factor_that_would_fit_is_named(rules: Shop) -> None:
    row = rules.one("comparisons", sku="B", mirror="erp_cases")
    assert (row["expected_units"] // 12, row["observed_units"] // 12) == (20, 10)
    assert row["delta_units"] == -120
    assert "observed_factor=24" in row["qualifiers"].split()


@pytest.mark.slow
def test_a_missing_reservation_flag_is_named(rules: Shop) -> None:
    row = rules.one("comparisons", sku="C", mirror="erp_free")
    assert (row["expected_units"], row["delta_units"]) == (14, 6)
    assert "reservation_flag_missing" in row["qualifiers"].split()


@pytest.mark.slow
def test_each_channel_has_its_own_reservation(rules: Shop) -> None:
    assert rules.one("comparisons", sku="D", mirror="web")["status"] == "match"
    assert rules.one("comparisons", sku="D", mirror="store")["status"] == "match"


@pytest.mark.slow
def test_what_does_not_fill_a_case_is_left_over_and_not_drift(rules: Shop) -> None:
    row = rules.one("comparisons", sku="E", mirror="erp_cases")
    assert (row["owner_units"], row["expected_units"], row["delta_units"]) == (25, 24, 0)
