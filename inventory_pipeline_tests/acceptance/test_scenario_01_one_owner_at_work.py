"""Scenario 1, at work: levels written by another system, and movements told too early."""

import json

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

HOUR = "2026-04-06T10:00Z"
LEVELS = "change_id item_id location_id fact operation quantity changed_at reference_id actor"


@pytest.fixture
def two_systems(shop: Shop) -> Shop:
    systems = (
        files_system("shelf", "wms", "movements")
        + files_system("storefront", "storefront", "levels")
        + files_system("erp", "erp")
    )  # fmt: skip
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        "facts:\n  on_hand: {owner: shelf}\n  price: {reason: nobody decided}\n"
        "  cost: {owner: [shelf, erp]}\n"
        "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
        "  - {system: erp, fact: on_hand, expects: on_hand}\n"
    )
    for system, units in (("shelf", 2), ("storefront", 4), ("erp", 2)):
        shop.drop(system, "counts", HOUR, f"{COUNTS}\nA L1 on_hand {units} 10:00")
    shop.drop(
        "shelf", "movements", HOUR,
        f"{MOVEMENTS} recorded_at reference_id\nM1 pos_sale A L1 1 09:00 09:02 SALE-1",
    )  # fmt: skip
    shop.drop(
        "storefront", "levels", HOUR,
        f"{LEVELS}\nC1 A L1 on_hand set 4 09:30 - admin\nC2 A L1 on_hand add 1 09:01 SALE-1 sync",
    )  # fmt: skip
    shop.run(HOUR)
    return shop


@pytest.mark.slow
def test_a_level_written_by_another_system_is_told_and_the_owner_stands(two_systems: Shop) -> None:
    finding = two_systems.one("findings", **{"class": "non_owner_write"})

    assert (finding["mirror"], finding["owner"]) == ("storefront", "shelf")
    assert json.loads(finding["details"])["set_to"] == 4
    assert two_systems.one("facts", sku="A", fact="on_hand")["owner_units"] == 2


@pytest.mark.slow
def test_a_sale_told_to_a_mirror_before_its_owner_had_it_is_told(two_systems: Shop) -> None:
    finding = two_systems.one("findings", **{"class": "ordering"})

    details = json.loads(finding["details"])
    assert details["told_at"] == "2026-04-06T09:01:00Z"
    assert details["owner_recorded_at"] == "2026-04-06T09:02:00Z"


def test_the_second_part_of_a_shipment_does_not_make_the_first_one_early(shop: Shop) -> None:
    systems = files_system("shelf", "wms", "movements") + files_system(
        "outlet", "marketplace", "levels"
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: shelf}}\n"
        "mirrors:\n  - {system: outlet, fact: on_hand, expects: on_hand}\n"
    )
    for system in ("shelf", "outlet"):
        shop.drop(system, "counts", HOUR, f"{COUNTS}\nA L1 on_hand 5 10:00\nB L1 on_hand 5 10:00")
    shop.drop(
        "shelf", "movements", HOUR,
        f"{MOVEMENTS} reference_id\nM1 shipment A L1 2 09:07 SO-1\nM2 shipment A L1 1 09:23 SO-1\n"
        "M3 shipment B L1 2 09:17 SO-2\nM4 shipment B L1 1 09:23 SO-2",
    )  # fmt: skip
    shop.drop(
        "outlet", "levels", HOUR,
        f"{LEVELS}\nC1 A L1 on_hand add -2 09:09 SO-1 sync\n"
        "C2 A L1 on_hand add -1 09:25 SO-1 sync\nC3 B L1 on_hand add -2 09:16 SO-2 sync",
    )  # fmt: skip

    shop.run(HOUR)

    finding = shop.one("findings", **{"class": "ordering"})
    assert (finding["sku"], json.loads(finding["details"])["movement_id"]) == ("B", "M3")


@pytest.mark.slow
def test_a_fact_nobody_owns_or_two_do_is_reported_and_not_reconciled(two_systems: Shop) -> None:
    found = {f["fact"]: f["class"] for f in two_systems.find("findings", kind="authority")}

    assert found == {"price": "authority_gap", "cost": "authority_bug"}
    assert {r["fact"] for r in two_systems.export("facts")} == {"on_hand"}


@pytest.mark.slow
def test_a_count_told_to_one_system_only_is_the_third_symptom(shop: Shop) -> None:
    systems = files_system("wms", "wms", "movements") + files_system("erp", "erp")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: wms}}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
    )
    for hour, units, moved in (
        (HOUR, 46, MOVEMENTS),
        ("2026-04-06T11:00Z", 40, f"{MOVEMENTS}\nK1 count A L1 40 10:30"),
    ):
        shop.drop("wms", "counts", hour, f"{COUNTS}\nA L1 on_hand {units} {hour[11:16]}")
        shop.drop("wms", "movements", hour, moved)
        shop.drop("erp", "counts", hour, f"{COUNTS}\nA L1 on_hand 46 {hour[11:16]}")
        shop.run(hour)

    gap = shop.one("findings", kind="gap")
    assert (gap["mirror"], gap["delta_units"], gap["symptom"]) == ("erp", 6, 3)
    assert json.loads(gap["details"])["count"]["count_id"] == "K1"


def test_a_ghost_that_looks_like_an_item_names_it_and_is_not_merged(shop: Shop) -> None:
    systems = files_system("wms", "wms") + files_system("erp", "erp")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}facts:\n  on_hand: {{owner: wms}}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
    )
    shop.drop("wms", "counts", HOUR, f"{COUNTS}\n85123A L1 on_hand 4 10:00")
    shop.drop("erp", "counts", HOUR, f"{COUNTS}\n85123a L1 on_hand 4 10:00")

    shop.run(HOUR)

    ghost = shop.one("findings", **{"class": "ghost"})
    assert (ghost["sku"], json.loads(ghost["details"])) == ("85123a", {"looks_like": "85123A"})
