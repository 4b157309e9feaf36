"""Two numbers of two instants: the older is rolled forward, and it is said so (ING-11)."""

import pytest

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

EIGHT, NINE, TEN = (f"2026-04-06T{hour}:00Z" for hour in ("08", "09", "10"))
FREE = 'available, expects: "greatest(0, on_hand - committed)"'
PATH = "handoffs:\n  - {path: stock, source: shelf, target: storefront, max_delay: 1m}\n"


def test_fifty_at_six_with_twenty_in_and_five_out_is_sixty_five_at_ten(shop: Shop) -> None:
    shelf = files_system("shelf", "wms", "movements")
    erp = files_system("erp", "erp", max_age="26h")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{erp}facts:\n  on_hand: {{owner: shelf}}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
    )
    shop.drop("shelf", "counts", TEN, f"{COUNTS}\nX L1 on_hand 65 10:00\nY L1 on_hand 4 10:00")
    shop.drop("erp", "counts", TEN, f"{COUNTS}\nX L1 on_hand 50 06:00\nY L1 on_hand 4 06:00")
    shop.drop(
        "shelf", "movements", TEN,
        f"{MOVEMENTS}\nR1 receipt X L1 20 07:00\nS1 shipment X L1 5 08:00",
    )  # fmt: skip

    shop.run(TEN)

    row = shop.one("comparisons", sku="X")
    assert (row["observed_units"], row["expected_units"], row["raw_delta_units"]) == (50, 65, -15)
    assert (row["lag_units"], row["delta_units"], row["status"]) == (-15, 0, "lag")
    assert row["qualifiers"] == "rolled_forward"
    still = shop.one("comparisons", sku="Y")
    assert (still["status"], still["qualifiers"]) == ("match", "")
    assert shop.find("findings", kind="gap") == []


def configure_sales(shop: Shop, rule: str) -> None:
    shelf = files_system("shelf", "wms", "movements", decrements_at="shipment")
    storefront = files_system("storefront", "storefront", decrements_at="order")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{storefront}facts:\n"
        "  on_hand: {owner: shelf}\n"
        f"mirrors:\n  - {{system: storefront, fact: {rule}}}\n{PATH}"
    )


@pytest.mark.parametrize("rule", [FREE, "available, expects: on_hand"])
@pytest.mark.parametrize(("observed", "delta"), [(50, 0), (47, 0), (44, -3), (53, 3)])
def test_an_order_stands_in_a_mirror_or_not_until_it_is_recorded(
    shop: Shop, rule: str, observed: int, delta: int
) -> None:
    configure_sales(shop, rule)
    shop.drop("shelf", "counts", NINE, f"{COUNTS}\nA L1 on_hand 50 09:53")
    shop.drop("storefront", "counts", NINE, f"{COUNTS}\nA L1 available {observed} 09:55")
    shop.drop(
        "shelf", "movements", NINE,
        f"{MOVEMENTS} recorded_at\nM1 order_placed A L1 3 09:50 09:57",
    )  # fmt: skip

    shop.run(NINE)

    row = shop.one("comparisons")
    assert row["delta_units"] == delta
    assert row["raw_delta_units"] == row["in_flight_units"] + row["lag_units"] + delta


@pytest.mark.parametrize(
    ("owner_at", "units"), [("09:53", 50), ("09:55", 50), ("09:55", 48), ("09:57", 48)]
)
def test_a_shipment_stands_in_the_owners_number_or_not_until_it_is_recorded(
    shop: Shop, owner_at: str, units: int
) -> None:
    configure_sales(shop, FREE)
    shop.drop("shelf", "counts", NINE, f"{COUNTS}\nA L1 on_hand {units} {owner_at}")
    shop.drop("storefront", "counts", NINE, f"{COUNTS}\nA L1 available 48 09:55")
    shop.drop(
        "shelf", "movements", NINE,
        f"{MOVEMENTS} recorded_at reference_id\nM1 order_placed A L1 2 08:10 08:10 SO-1\n"
        "M2 shipment A L1 2 09:54 09:56 SO-1",
    )  # fmt: skip

    assert shop.run(NINE) == 0

    assert shop.one("comparisons")["delta_units"] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("owner_units", "booked", "batch_at", "expected"),
    [
        (37, "", "08:02", (-3, 0, "lag")),
        (37, "\nC1A adjustment A L1 3 09:41 C1", "08:02", (-3, 0, "lag")),
        (37, "", "09:50", (0, -3, "drift")),
        (36, "\nM1 shipment A L1 1 09:20 -", "08:02", (-2, 0, "lag")),
        (34, "", "08:02", (0, 0, "match")),
    ],
    ids=["taken_over", "booked_by_an_adjustment", "batch_since", "shipped_too", "not_taken_over"],
)
def test_what_a_count_changed_is_due_at_a_batch_mirror_at_its_next_batch(
    shop: Shop, owner_units: int, booked: str, batch_at: str, expected: tuple[int, int, str]
) -> None:
    shelf = files_system("shelf", "wms", "movements")
    erp = files_system("erp", "erp", max_age="6h")
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{erp}facts:\n  on_hand: {{owner: shelf}}\n"
        "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
    )
    count = f"C1 count A L1 37 09:41 -{booked}"
    for hour, units, read_at, moved in (
        (EIGHT, 34, "08:02", ""),
        (NINE, owner_units, batch_at, count),
    ):
        shop.drop("shelf", "counts", hour, f"{COUNTS}\nA L1 on_hand {units} {hour[11:13]}:55")
        shop.drop("erp", "counts", hour, f"{COUNTS}\nA L1 on_hand 34 {read_at}")
        shop.drop("shelf", "movements", hour, f"{MOVEMENTS} reference_id\n{moved}")
        shop.run(hour)

    row = shop.one("comparisons", "--hour", NINE)
    assert (row["lag_units"], row["delta_units"], row["status"]) == expected
