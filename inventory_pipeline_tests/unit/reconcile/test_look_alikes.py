"""Look-alikes are reported where one is meant, and guessed nowhere."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.reconcile.look_alikes import (
    compute_shadow,
    compute_shadows,
    find_look_alikes,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("85123A", "85123a"),
        ("00123", "123"),
        ("AB 12", "ab12"),
        ("AB\u00a012", "AB12"),
        ("AB\u200b12", "AB12"),
        ("cafe\u0301", "caf\u00e9"),
        ("\uff21\uff22", "AB"),
    ],
)
def test_spellings_of_one_item_share_a_shadow(one: str, other: str) -> None:
    assert compute_shadow(one) == compute_shadow(other)
    assert find_look_alikes(pl.Series([one]), pl.Series([other, "X"])) == {one: other}


def test_a_cyrillic_letter_is_another_letter() -> None:
    assert find_look_alikes(pl.Series(["85123\u0410"]), pl.Series(["85123A"])) == {}


def test_two_candidates_are_none() -> None:
    assert find_look_alikes(pl.Series(["A1"]), pl.Series(["a1", "a 1"])) == {}


def test_zeros_alone_keep_their_shadow() -> None:
    assert compute_shadow("000") == "000"


@given(st.lists(st.text(st.characters(codec="utf-8") | st.sampled_from("0aA1 \u200b"), max_size=6)))
def test_shadows_all_at_once_are_the_shadows_one_by_one(skus: list[str]) -> None:
    column = pl.Series(skus, dtype=pl.String)

    assert compute_shadows(column).to_list() == [compute_shadow(sku) for sku in skus]
