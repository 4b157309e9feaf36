"""F-39: a quantity of 10^18 is refused above 10^9; nothing wraps."""

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair


@pytest.mark.parametrize("word", ["1000000000", "1000000000000000000", "9223372036854775808"])
def test_F_39_more_than_nine_digits_are_refused(pair: Pair, word: str) -> None:
    pair.agree(TEN, {"A": 5})
    pair.say("storefront", TEN, {"A": word})

    pair.run(TEN)

    assert len(pair.export("quarantine")) == 1


def test_F_39_the_largest_number_is_kept_exactly(pair: Pair) -> None:
    pair.agree(TEN, {"A": 999_999_999})
    pair.say("storefront", TEN, {"A": -999_999_999})

    pair.run(TEN)

    assert pair.one("comparisons", sku="A")["delta_units"] == -1_999_999_998
