"""Texts are numbered by hash, and no two texts ever share a number."""

import numpy as np
import polars as pl
import pytest

from inventory_pipeline.connectors.numbering import number_names, number_texts


@pytest.mark.parametrize("bits", [1, 4, 21])
def test_every_text_has_one_number_however_few_slots_there_are(
    bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory_pipeline.connectors.numbering.SLOT_BITS", bits)
    dice = np.random.default_rng(1)
    texts = [f"item {number}" for number in dice.integers(0, 60, 1000)]
    column = pl.concat([pl.Series(texts[:300]), pl.Series(texts[300:])], rechunk=False)

    codes, distinct = number_texts(column)

    assert distinct.gather(codes).to_list() == texts
    assert distinct.n_unique() == distinct.len() == len(set(texts))


@pytest.mark.parametrize(
    "texts", [["a", "b", "a", ""], ["a", "a"], ["a", None, "b"], [None, None], []]
)
def test_names_as_numbers_are_the_same_texts(texts: list[str | None]) -> None:
    column = number_names(pl.Series("item_id", texts, dtype=pl.String))

    assert isinstance(column.dtype, pl.Categorical)
    assert (column.name, column.to_list()) == ("item_id", texts)
