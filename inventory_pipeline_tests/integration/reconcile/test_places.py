"""Places: scopes with an owner of their own, pools, and places a mirror does not serve."""

from inventory_pipeline_tests.support.shop import COUNTS, Shop, files_system

HOUR = "2026-04-06T10:00Z"


def configure(shop: Shop, facts: str = "on_hand: {owner: shelf}") -> None:
    systems = (
        files_system("shelf", "wms") + files_system("threepl", "threepl")
        + files_system("erp", "erp")
    )  # fmt: skip
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        "catalog: {items: catalog.csv, locations: locations.csv}\n"
        f"facts:\n  {facts}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
        "  - {system: threepl, fact: on_hand, expects: on_hand}\n"
    )
    shop.write("locations.csv", "location_id,system,their_location_id\n")
    shop.write("catalog.csv", "sku,abc_class\nA,A\nB,C\n")


def test_a_total_that_agrees_does_not_hide_two_places_that_do_not(shop: Shop) -> None:
    configure(shop)
    shop.drop("shelf", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 50 10:00\nA L2 on_hand 50 10:00")
    shop.drop("erp", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 55 10:00\nA L2 on_hand 45 10:00")
    shop.drop("threepl", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 50 10:00")

    shop.run(HOUR)

    gaps = shop.find("findings", kind="gap")
    assert {(f["location_id"], f["delta_units"]) for f in gaps} == {("L1", 5), ("L2", -5)}


def test_a_system_that_counts_several_places_as_one_is_compared_with_their_sum(
    shop: Shop,
) -> None:
    configure(shop)
    shop.write("locations.csv", "location_id,system,their_location_id\nL1,erp,ALL\nL2,erp,ALL\n")
    shop.drop(
        "shelf", "counts", HOUR,
        f"{COUNTS}\nA L1 on_hand 30 10:00\nA L2 on_hand 20 10:00\nB L1 on_hand 4 10:00",
    )  # fmt: skip
    shop.drop("erp", "counts", HOUR, f"{COUNTS}\nA ALL on_hand 50 10:00\nB ALL on_hand 7 10:00")
    shop.drop("threepl", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 30 10:00")

    shop.run(HOUR)

    rows = {r["sku"]: r for r in shop.find("comparisons", mirror="erp")}
    assert (rows["A"]["expected_units"], rows["A"]["status"]) == (50, "match")
    assert (rows["B"]["expected_units"], rows["B"]["delta_units"]) == (4, 3)
    assert {r["location_id"] for r in rows.values()} == {"L1+L2"}


def test_a_scope_has_its_own_owner_and_its_owner_is_no_mirror_there(shop: Shop) -> None:
    configure(shop, "on_hand: {owner: shelf, scopes: [{location: L2, owner: threepl}]}")
    shop.drop("shelf", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00\nA L2 on_hand 99 10:00")
    shop.drop("threepl", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00\nA L2 on_hand 20 10:00")
    shop.drop("erp", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00\nA L2 on_hand 25 10:00")

    shop.run(HOUR)

    facts = {(r["location_id"], r["owner"], r["owner_units"]) for r in shop.export("facts")}
    assert facts == {("L1", "shelf", 10), ("L2", "threepl", 20)}
    rows = {(r["mirror"], r["location_id"]): r["delta_units"] for r in shop.export("comparisons")}
    assert rows == {("erp", "L1"): 0, ("erp", "L2"): 5, ("threepl", "L1"): 0}


def test_a_scope_may_be_a_class_of_items(shop: Shop) -> None:
    configure(shop, "on_hand: {owner: shelf, scopes: [{abc_class: C, owner: threepl}]}")
    shop.drop("shelf", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00\nB L1 on_hand 99 10:00")
    shop.drop("threepl", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00\nB L1 on_hand 20 10:00")
    shop.drop("erp", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00\nB L1 on_hand 20 10:00")

    shop.run(HOUR)

    assert {(r["sku"], r["owner"]) for r in shop.export("facts")} == {
        ("A", "shelf"),
        ("B", "threepl"),
    }
    rows = {(r["mirror"], r["sku"]): r["delta_units"] for r in shop.export("comparisons")}
    assert rows == {("erp", "A"): 0, ("erp", "B"): 0, ("threepl", "A"): 0}


def test_a_place_a_mirror_never_names_is_not_expected_of_it(shop: Shop) -> None:
    configure(shop)
    shop.drop("shelf", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00\nA L9 on_hand 5 10:00")
    shop.drop("erp", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00")
    shop.drop("threepl", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00")

    assert shop.run(HOUR) == 0

    assert {r["location_id"] for r in shop.export("comparisons")} == {"L1"}
    assert shop.export("findings") == []


def test_what_only_one_side_knows_is_a_ghost_or_absent(shop: Shop) -> None:
    configure(shop)
    shop.drop("shelf", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00\nB L1 on_hand 4 10:00")
    shop.drop("erp", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00\nX L1 on_hand 3 10:00")
    shop.drop("threepl", "counts", HOUR, f"{COUNTS}\nA L1 on_hand 10 10:00\nB L1 on_hand 4 10:00")

    shop.run(HOUR)

    found = {
        (f["sku"], f["class"]): f for f in shop.export("findings") if f["kind"] != "structural"
    }
    assert set(found) == {("X", "ghost"), ("B", "absent")}
    assert found["X", "ghost"]["delta_units"] == 3
    assert found["B", "absent"]["delta_units"] is None
    assert found["B", "absent"]["expected_units"] == 4
