"""F-32: two systems are read 55 minutes apart; the movements between are no drift."""

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair
from inventory_pipeline_tests.support.shop import MOVEMENTS


@pytest.mark.slow
def test_F_32_movements_between_two_readings_are_lag(pair: Pair) -> None:
    pair.agree(TEN, {"A": 65, "B": 65})
    pair.say("storefront", TEN, {"A": 50, "B": 48}, at="2026-04-06T09:05:00Z")
    pair.drop(
        "shelf", "movements", TEN,
        f"{MOVEMENTS}\nM1 receipt A L1 20 09:30\nM2 shipment A L1 5 09:40\n"
        "M3 receipt B L1 20 09:30\nM4 shipment B L1 5 09:40\nM5 receipt B L1 9 08:00",
    )  # fmt: skip

    pair.run(TEN)

    agreed = pair.one("comparisons", sku="A")
    assert (agreed["raw_delta_units"], agreed["lag_units"], agreed["delta_units"]) == (-15, -15, 0)
    assert agreed["status"] == "lag"
    rest = pair.one("comparisons", sku="B")
    assert (rest["raw_delta_units"], rest["lag_units"], rest["delta_units"]) == (-17, -15, -2)


@pytest.mark.slow
def test_F_32_a_movement_the_mirror_could_not_have_heard_of_yet_is_lag(pair: Pair) -> None:
    pair.configure_pair(
        more="handoffs:\n  - {path: stock, source: shelf, target: storefront, max_delay: 30m}\n"
    )
    pair.agree(TEN, {"A": 45})
    pair.say("storefront", TEN, {"A": 50})
    pair.drop("shelf", "movements", TEN, f"{MOVEMENTS}\nM1 shipment A L1 5 09:45")

    assert pair.run(TEN) == 0

    row = pair.one("comparisons", sku="A")
    assert (row["raw_delta_units"], row["lag_units"], row["delta_units"]) == (5, 5, 0)


def test_F_32_a_movement_older_than_its_path_explains_nothing(pair: Pair) -> None:
    pair.configure_pair(
        more="handoffs:\n  - {path: stock, source: shelf, target: storefront, max_delay: 30m}\n"
    )
    pair.agree(TEN, {"A": 45})
    pair.say("storefront", TEN, {"A": 50})
    pair.drop("shelf", "movements", TEN, f"{MOVEMENTS}\nM1 shipment A L1 5 09:15")

    pair.run(TEN)

    assert pair.one("comparisons", sku="A")["delta_units"] == 5


def test_F_32_a_nightly_batch_lags_behind_the_day(pair: Pair) -> None:
    pair.configure_pair(
        storefront=', sync: {trigger: batch, every: 24h, at: "02:00"}, max_age: 26h'
    )
    pair.agree(TEN, {"A": 500})
    pair.say("storefront", TEN, {"A": 0})
    pair.drop("shelf", "movements", TEN, f"{MOVEMENTS}\nM1 receipt A L1 500 08:00")

    assert pair.run(TEN) == 0

    row = pair.one("comparisons", sku="A")
    assert (row["raw_delta_units"], row["lag_units"], row["delta_units"]) == (-500, -500, 0)
