"""F-42: equal repeats collapse, contradicting ones are kept aside."""

from inventory_pipeline_tests.faults.conftest import TEN, Pair
from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS

AT = f"{TEN[:13]}:00:00Z"


def test_F_42_equal_rows_are_one(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.drop("storefront", "counts", TEN, f"{COUNTS}\nA L1 on_hand 5 {AT}\nA L1 on_hand 5 {AT}")

    assert pair.run(TEN) == 0

    row = pair.one("snapshots", system="storefront")
    assert (row["rows"], row["keys"]) == (2, 1)
    assert "1 rows were sent twice" in row["reason"]


def test_F_42_a_contradiction_makes_the_key_unknown(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5, "B": 5})
    pair.drop(
        "storefront", "counts", TEN,
        f"{COUNTS}\nA L1 on_hand 5 {AT}\nB L1 on_hand 5 {AT}\nB L1 on_hand 7 {AT}",
    )  # fmt: skip

    pair.run(TEN)

    assert len(pair.export("quarantine")) == 2
    assert pair.status("storefront", TEN) == "partial"
    assert pair.one("comparisons", sku="B")["status"] == "unknown"
    assert pair.gaps(TEN) == []


def test_F_42_bins_are_summed_and_one_bad_bin_makes_the_sum_unknown(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5, "B": 5})
    pair.drop(
        "shelf", "counts", TEN,
        f"{COUNTS} bin\nA L1 on_hand 2 {AT} b1\nA L1 on_hand 3 {AT} b2\n"
        f"B L1 on_hand 5 {AT} b1\nB L1 on_hand x {AT} b2",
    )  # fmt: skip

    pair.run(TEN)

    assert pair.one("facts", sku="A")["owner_units"] == 5
    assert pair.find("facts", sku="B") == []
    assert pair.one("comparisons", sku="B")["status"] == "unknown"


def test_F_42_a_movement_id_told_twice_counts_once(pair: Pair) -> None:
    pair.configure_pair(storefront=", decrements_at: order")
    pair.agree(TEN, {"A": 5})
    pair.say("storefront", TEN, {"A": 3})
    pair.drop(
        "shelf", "movements", TEN,
        f"{MOVEMENTS}\nM1 order_placed A L1 2 09:00\nM1 order_placed A L1 2 09:00",
    )  # fmt: skip

    assert pair.run(TEN) == 0

    assert pair.one("comparisons", sku="A")["in_flight_units"] == -2
