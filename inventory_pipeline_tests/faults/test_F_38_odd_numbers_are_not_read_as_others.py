"""F-38: what DuckDB would make 2, 1000 or 31 of is refused by an exact grammar."""

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair

ODD = ["1.5", "1,5", "1.000", "1e3", "１２", "0x1F", "1_000", "+5", "12.", ".5", "1'000", "٣"]


@pytest.mark.parametrize("word", ODD)
def test_F_38_an_odd_number_is_refused(pair: Pair, word: str) -> None:
    pair.agree(TEN, {"A": 5})
    pair.say("storefront", TEN, {"A": word})

    pair.run(TEN)

    [row] = pair.export("quarantine")
    assert "wanted a whole number" in row["reason"]
    assert pair.find("comparisons", status="drift") == []


def test_F_38_blanks_around_a_number_are_refused(pair: Pair) -> None:
    pair.agree(TEN, {"A": 5})
    pair.write(
        "exports/storefront/counts-2026-04-06T10.csv",
        f'item_id,location_id,fact,quantity,as_of\nA,L1,on_hand," 12 ",{TEN[:13]}:00:00Z\n',
    )

    pair.run(TEN)

    assert len(pair.export("quarantine")) == 1


@pytest.mark.parametrize(
    ("numbers", "word", "units"),
    [
        ('{decimal: "."}', "93.0", 93),
        ('{decimal: ",", thousands: "."}', "1.000", 1000),
        ('{decimal: ",", thousands: "."}', "1.000,00", 1000),
        ('{thousands: "\'"}', "12'345", 12345),
    ],
)
def test_F_38_a_declared_locale_is_read_exactly(
    pair: Pair, numbers: str, word: str, units: int
) -> None:
    pair.configure_pair(storefront=f", numbers: {numbers}")
    pair.agree(TEN, {"A": units})
    pair.say("storefront", TEN, {"A": word})

    assert pair.run(TEN) == 0

    assert pair.one("comparisons", sku="A")["observed_units"] == units


@pytest.mark.parametrize("word", ["93.5", "1.0000", "12.345.6", "1.00"])
def test_F_38_a_declared_locale_guesses_nothing_either(pair: Pair, word: str) -> None:
    numbers = '{decimal: ",", thousands: "."}' if word != "93.5" else '{decimal: "."}'
    pair.configure_pair(storefront=f", numbers: {numbers}")
    pair.agree(TEN, {"A": 5})
    pair.say("storefront", TEN, {"A": word})

    pair.run(TEN)

    assert len(pair.export("quarantine")) == 1
