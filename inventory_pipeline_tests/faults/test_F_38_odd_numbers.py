"""F-38: what DuckDB would make 2, 1000 or 31 of is refused by an exact grammar.

The door hands a number on exactly as it was written, in every format; whether it is a
quantity is decided once, by the grammar of ``ingest``. A connector that turned "1e3" into
1000 or "１２" into 12 would decide it before anybody could see.
"""

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Pair
from inventory_pipeline_tests.support.file_sources import COLUMNS, WRITERS, build_files, land

WRITTEN = [
    "1.5", "1,5", "1.000", "1e3", " 12 ", "１２", "0x1F", "1_000", "+5", "-0", "NaN", "Infinity",
    "1e400", "--5", "5-", "1/2", "٣", "999999999999999999999", "=5", "'5", "\u00a05", "5\u200b",
]  # fmt: skip
ODD = ["1.5", "1,5", "1.000", "1e3", "１２", "0x1F", "1_000", "+5", "12.", ".5", "1'000", "٣"]


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_F_38_a_number_is_handed_on_as_it_was_written(tmp_path, suffix):
    rows = [(f"SKU-{i}", "L1", "on_hand", text, "t") for i, text in enumerate(WRITTEN)]
    WRITERS[suffix](tmp_path / f"counts.{suffix}", COLUMNS, rows)
    shelf = build_files(tmp_path, counts=f"counts.{suffix}")
    part = shelf.parse("counts", land(shelf, "counts", tmp_path / "landing")[1])
    assert part.rows["quantity"].to_list() == WRITTEN
    assert part.rejected.is_empty()


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
