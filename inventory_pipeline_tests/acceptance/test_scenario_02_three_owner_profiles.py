"""Scenario 2: three owner profiles give three readings of the same numbers."""

import pytest

from inventory_pipeline_tests.support.shop import Shop, at, files_system

HOUR = "2026-04-06T10:00Z"
NUMBERS = {
    "wms": {"A": 847, "B": 400},
    "erp": {"A": 812, "B": 385},
    "storefront": {"A": 830, "B": 392},
    "shelf": {"A": 847},
}


def configure(shop: Shop, owner: str) -> None:
    roles = {"wms": "wms", "erp": "erp", "storefront": "storefront", "shelf": "other"}
    systems = "".join(files_system(name, role) for name, role in roles.items())
    mirrors = "".join(
        f"  - {{system: {name}, fact: on_hand, expects: on_hand}}\n"
        for name in roles
        if name != owner
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        f"facts:\n  on_hand: {{owner: {owner}}}\nmirrors:\n{mirrors}"
    )


def drop_all(shop: Shop, hour: str) -> None:
    for system, items in NUMBERS.items():
        rows = ["item_id location_id fact quantity as_of bin"]
        for item, units in items.items():
            halves = (units - 400, 400) if system == "shelf" else (units,)
            rows += [
                f"{item} L1 on_hand {part} {hour[:13]}:00:00Z {f'b{n}' if len(halves) > 1 else '-'}"
                for n, part in enumerate(halves)
            ]
        shop.drop(system, "counts", hour, "\n".join(rows))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        ("wms", {"erp": -35, "storefront": -17, "shelf": 0}),
        ("erp", {"wms": 35, "storefront": 18, "shelf": 35}),
        ("shelf", {"wms": 0, "erp": -35, "storefront": -17}),
    ],
)
def test_each_profile_reads_the_gap_from_its_owner(
    shop: Shop, owner: str, expected: dict[str, int]
) -> None:
    configure(shop, owner)
    drop_all(shop, HOUR)

    shop.run(HOUR)

    rows = shop.find("comparisons", sku="A")
    assert {row["mirror"]: row["delta_units"] for row in rows} == expected
    assert {row["owner"] for row in rows} == {owner}
    assert all(
        r["raw_delta_units"] == r["in_flight_units"] + r["lag_units"] + r["delta_units"]
        for r in rows
    )


@pytest.mark.slow
def test_mirrors_are_measured_against_the_owner_and_never_against_each_other(shop: Shop) -> None:
    configure(shop, "wms")
    drop_all(shop, HOUR)

    shop.run(HOUR)

    rows = {r["mirror"]: r for r in shop.find("comparisons", sku="B")}
    assert rows["erp"]["delta_units"] == -15
    assert rows["storefront"]["delta_units"] == -8
    assert shop.one("facts", sku="B")["owner_units"] == 400
    told = [400, rows["erp"]["observed_units"], rows["storefront"]["observed_units"]]
    assert max(told) - min(told) == 15
    assert rows["shelf"]["status"] == "absent"
    assert rows["shelf"]["delta_units"] is None


@pytest.mark.slow
def test_rows_judged_under_another_owner_stay_as_they_were(shop: Shop) -> None:
    configure(shop, "wms")
    drop_all(shop, HOUR)
    shop.run(HOUR)
    before = shop.export("comparisons", "--hour", HOUR)

    configure(shop, "erp")
    later = "2026-04-06T11:00Z"
    drop_all(shop, later)
    shop.run(later)

    assert shop.export("comparisons", "--hour", HOUR) == before
    assert {r["owner"] for r in shop.find("comparisons", hour_at=at(later))} == {"erp"}
    facts = shop.export("facts")
    assert {(r["hour_at"], r["owner"]) for r in facts} == {(at(HOUR), "wms"), (at(later), "erp")}


@pytest.mark.slow
def test_a_gap_of_a_mirror_that_became_the_owner_does_not_stay_open(shop: Shop) -> None:
    configure(shop, "wms")
    drop_all(shop, HOUR)
    shop.run(HOUR)
    configure(shop, "erp")
    later = "2026-04-06T11:00Z"
    drop_all(shop, later)

    shop.run(later)

    states = {(f["mirror"], f["state"]) for f in shop.find("findings", kind="gap")}
    assert ("erp", "cleared") in states
    assert ("erp", "open") not in states
    assert ("wms", "open") in states
