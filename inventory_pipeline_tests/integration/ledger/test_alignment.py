"""Two numbers of two instants: the older is rolled forward, and it is said so (ING-11)."""

from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

TEN = "2026-04-06T10:00Z"


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
