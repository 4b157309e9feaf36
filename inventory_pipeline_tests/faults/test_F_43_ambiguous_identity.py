"""F-43: one item with two meanings, or one SKU with two items: the catalogue does not load."""

import pytest

from inventory_pipeline_tests.faults.conftest import TEN, Catalogue, Pair

HEADER = "sku,system,item_id,unit,eaches_per_unit,valid_from,valid_to"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["A,storefront,X,,,,", "B,storefront,X,,,,"], ["'A' and 'B'", "'X'"]),
        (["A,storefront,X,,,,", "A,storefront,Y,,,,"], ["'X'", "'Y'", "'A'"]),
    ],
)
def test_F_43_both_names_are_told(
    pair: Pair, capsys: pytest.CaptureFixture[str], lines: list[str], words: list[str]
) -> None:
    pair.configure_pair(more="catalog: {identities: identities.csv}\n")
    pair.write("identities.csv", "\n".join([HEADER, *lines]) + "\n")
    pair.agree(TEN, {"A": 1})

    assert pair.run(TEN) == 2

    message = capsys.readouterr().err
    assert "identities.csv:3" in message
    assert all(word in message for word in words)
    assert "Traceback" not in message


def test_F_43_the_same_item_may_mean_another_sku_later(pair: Pair) -> None:
    pair.configure_pair(more="catalog: {identities: identities.csv}\n")
    pair.write(
        "identities.csv",
        f"{HEADER}\nA,storefront,X,,,,2026-04-06\nB,storefront,X,,,2026-04-06,\n",
    )
    pair.agree(TEN, {"B": 4})
    pair.say("storefront", TEN, {"X": 4})

    assert pair.run(TEN) == 0


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("MUG-01,erp,4711,,,,\nMUG-01,erp,4712,,,,\n", 2),
        ("MUG-01,erp,4711,,,,\nMUG-02,erp,4711,,,,\n", 2),
        ("MUG-01,erp,4711,,,,2026-04-01\nMUG-02,erp,4711,,,2026-04-01,\n", 0),
        ("MUG-01,erp,4711,,,,2026-04-02\nMUG-02,erp,4711,,,2026-04-01,\n", 2),
        ("MUG-01,erp,4711,,,,\nMUG-02,storefront,4711,,,,\n", 0),
    ],
    ids=["two items", "two skus", "one after the other", "overlapping", "two systems"],
)
def test_F_43_check_refuses_two_meanings_at_one_time_in_one_system(
    catalogue: Catalogue, rows: str, code: int
) -> None:
    outcome = catalogue.check(rows)

    assert outcome.code == code
    assert ("ids.csv:3" in outcome.err) == (code == 2)
