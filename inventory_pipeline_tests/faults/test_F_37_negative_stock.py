"""F-37: a negative on-hand is told, never clamped."""

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair


@pytest.mark.slow
def test_F_37_negative_stock_is_a_finding_and_the_number_is_kept(pair: Pair) -> None:
    pair.agree(TEN, {"A": 2, "B": 5})
    pair.say("storefront", TEN, {"A": -3, "B": 5})

    assert pair.run(TEN) == 1

    finding = pair.one("findings", sku="A", **{"class": "negative_stock"})
    assert (finding["observed_units"], finding["severity"]) == (-3, "major")
    row = pair.one("comparisons", sku="A")
    assert (row["observed_units"], row["delta_units"]) == (-3, -5)


@pytest.mark.slow
def test_F_37_a_system_that_may_go_below_zero_is_noted_and_no_more(pair: Pair) -> None:
    pair.configure_pair(storefront=", snapshot: {allow_negative: true}")
    pair.agree(TEN, {"A": -3})

    pair.run(TEN)

    severities = {f["mirror"]: f["severity"] for f in pair.find("findings", kind="negative_stock")}
    assert severities == {"shelf": "major", "storefront": "minor"}
