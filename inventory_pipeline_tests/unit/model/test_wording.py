"""Sentences over columns, whatever their chunks look like."""

import polars as pl
import pytest

from inventory_pipeline.model.wording import word


def tell(frame: pl.DataFrame, *given: str | pl.Expr) -> list[str | None]:
    return frame.select(said=word(*given))["said"].to_list()


def test_parts_stand_in_their_places():
    frame = pl.DataFrame({"unit": ["case", "pack"], "units": [12, 6]})
    assert tell(frame, "{} of {}", "unit", "units") == ["case of 12", "pack of 6"]
    assert tell(frame, "{}", "unit") == ["case", "pack"]
    assert tell(frame, "<{}{}>", pl.lit("a"), pl.col("units") + 1) == ["<a13>", "<a7>"]


def test_what_is_not_there_makes_no_sentence():
    assert tell(pl.DataFrame({"unit": ["case", None]}), "in {}s", "unit") == ["in cases", None]


def test_places_and_parts_are_as_many():
    with pytest.raises(ValueError, match="has 2 places for 1 parts"):
        word("{} of {}", "unit")


def test_a_filter_may_leave_a_chunk_without_rows():
    parts = [pl.DataFrame({"item": [f"{n}-{i}" for i in range(3)]}) for n in range(3)]
    frame = pl.concat(parts, rechunk=False).filter(pl.col("item").is_in(["0-1", "2-2"]))
    assert tell(frame, "item={}", "item") == ["item=0-1", "item=2-2"]
