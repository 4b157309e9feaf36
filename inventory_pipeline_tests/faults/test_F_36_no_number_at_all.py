"""F-36: NaN, Infinity, 1e400, -0 and null are kept aside with row and reason."""

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair


@pytest.mark.slow
@pytest.mark.parametrize("word", ["NaN", "nan", "Infinity", "-inf", "1e400", "-0", "-", "null"])
def test_F_36_what_is_no_number_is_quarantined_and_its_key_unknown(pair: Pair, word: str) -> None:
    pair.agree(TEN, {"A": 5, "B": 5})
    pair.say("storefront", TEN, {"A": "5", "B": word})

    pair.run(TEN)

    [row] = pair.export("quarantine")
    assert (row["row"], row["system"]) == (2, "storefront")
    assert "quantity is" in row["reason"]
    assert "item_id=B" in row["raw"]
    assert pair.one("comparisons", sku="B")["status"] == "unknown"
    assert pair.one("comparisons", sku="A")["status"] == "match"
    assert pair.gaps(TEN) == []
