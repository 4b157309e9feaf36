"""Many rows of one item and place make one number, and nothing unknown becomes less."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.adding_up import add_up, drop_twins, find_shared_names

PLAIN = st.decimals(-10_000, 10_000, places=3).map(str)


def table(*rows):
    schema = {"row": pl.Int64(), "id": pl.String(), "item": pl.String(), "units": pl.String()}
    numbered = [(number, *row) for number, row in enumerate(rows, start=1)]
    return pl.DataFrame(numbered, schema=schema, orient="row")


def total(*units):
    cells = table(*((str(n), "A", text) for n, text in enumerate(units)))
    return add_up(cells, keys=["item"], quantities=["units"])["units"].to_list()


@given(st.lists(PLAIN, min_size=1, max_size=20))
def test_a_sum_is_exact(units):
    assert Fraction(total(*units)[0]) == sum(map(Fraction, units))


@pytest.mark.parametrize(
    ("units", "shown"),
    [
        (["12.0"], "12"),
        (["100"], "100"),
        (["0.0", "0"], "0"),
        (["-0.5"], "-0.5"),
        (["0.1", "0.2"], "0.3"),
        (["5", "-7"], "-2"),
        (["7", None], None),
        (["7", "many"], "many"),
        (["7", "1e-05"], "1e-05"),
        (["0.1234567890123456789"], "0.1234567890123456789"),
        (["7", ""], ""),
    ],
)
def test_a_sum_says_what_is_known(units, shown):
    assert total(*units) == [shown]


def test_keys_are_kept_apart_and_in_their_order():
    cells = table(("1", "B", "1"), ("2", "A", "2"), ("3", "B", "3"))
    sums = add_up(cells, keys=["item"], quantities=["units"])
    assert sums.select("row", "item", "units").rows() == [(1, "B", "4"), (2, "A", "2")]


def test_a_row_that_came_twice_counts_once():
    kept = drop_twins(table(("1", "A", "5"), ("1", "A", "5")), part="id", keys=["item"])
    assert kept.rejected == []
    assert kept.cells["units"].to_list() == ["5"]


def test_a_part_in_two_versions_makes_its_number_unknown_and_no_other():
    cells = table(("1", "A", "5"), ("1", "A", "6"), ("2", "A", "1"), ("3", "B", "9"))
    kept = drop_twins(cells, part="id", keys=["item"])
    assert kept.cells["item"].to_list() == ["B"]
    assert [(row, reason) for row, reason, _ in kept.rejected] == [
        (1, "1 came twice, and not the same"),
        (2, "1 came twice, and not the same"),
        (3, "another part of this number came twice, and not the same"),
    ]


def test_a_name_that_two_carry_is_nobodys():
    cells = table(("7", "A", "1"), ("8", "A", "1"), ("9", "B", "1"), ("10", None, "1"))
    reasons = cells.select(reason=find_shared_names(cells, name="item", key="id"))
    said = "2 items are called so: 7, 8"
    assert reasons["reason"].to_list() == [said, said, None, None]


def test_nothing_adds_up_to_nothing():
    assert add_up(table(), keys=["item"], quantities=["units"]).is_empty()
    assert drop_twins(table(), part="id", keys=["item"]).cells.is_empty()
