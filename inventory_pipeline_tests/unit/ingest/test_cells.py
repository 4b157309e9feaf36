"""Cells: text is read exactly or refused, whatever the text is."""

import re
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.ingest import cells

LATEST = datetime(2026, 4, 6, 11, 15, tzinfo=UTC)


def read(text: str, *, decimal: str = "", thousands: str = "") -> tuple[int | None, str | None]:
    frame = cells.start(pl.DataFrame({"quantity": [text]}, schema={"quantity": pl.String}))
    row = cells.read_quantity(frame, "quantity", decimal=decimal, thousands=thousands).row(
        0, named=True
    )
    return row["number"], row["reason"]


@given(st.integers(-999_999_999, 999_999_999))
def test_every_whole_number_of_nine_digits_is_itself(number: int) -> None:
    assert read(str(number)) == (number, None)


@given(st.text(max_size=14))
def test_no_other_text_becomes_a_number(text: str) -> None:
    number, reason = read(text)

    is_exact = re.fullmatch(r"-?[0-9]{1,9}", text) and text.isascii() and text != "-0"
    assert (reason is None) == bool(is_exact)
    assert number == (int(text) if is_exact else None)


@given(st.integers(0, 999_999_999), st.integers(0, 4))
def test_a_declared_decimal_mark_takes_zeros_and_nothing_else(number: int, zeros: int) -> None:
    assert read(f"{number}.{'0' * (zeros + 1)}", decimal=".") == (number, None)
    assert read(f"{number}.{'0' * zeros}5", decimal=".")[0] is None


@given(st.integers(1000, 999_999_999))
def test_a_declared_thousands_mark_is_taken_out_only_where_it_belongs(number: int) -> None:
    assert read(f"{number:,}".replace(",", "."), thousands=".") == (number, None)
    assert read(f"{number}.0", thousands=".")[0] is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-04-06T10:00:00Z", datetime(2026, 4, 6, 10, tzinfo=UTC)),
        ("2026-04-06 10:00:00+02:00", datetime(2026, 4, 6, 8, tzinfo=UTC)),
        ("2026-04-06T10:00Z", datetime(2026, 4, 6, 10, tzinfo=UTC)),
        ("2026-04-06", None),
        ("06.04.2026 10:00", None),
        ("1775469600", None),
        ("", None),
    ],
)
def test_an_instant_is_read_or_refused(text: str, moment: datetime | None) -> None:
    frame = cells.start(pl.DataFrame({"as_of": [text]}))

    row = cells.read_instant(frame, "as_of", zone=None, latest=LATEST).row(0, named=True)

    assert row["as_of"] == moment
    assert (row["reason"] is None) == (moment is not None)


def test_the_first_reason_stands() -> None:
    frame = cells.start(pl.DataFrame({"a": [""], "b": [""]}))

    row = cells.read_ids(frame, ("a", "b")).row(0, named=True)

    assert row["reason"] == "a is empty"


@given(st.integers(-1000, 1000), st.integers(1, 48), st.integers(1, 48))
def test_a_conversion_is_exact_or_refused(number: int, numerator: int, denominator: int) -> None:
    frame = cells.start(
        pl.DataFrame(
            {
                "number": [number], "numerator": [numerator], "denominator": [denominator],
                "unit": ["CS"], "item_id": ["A"],
            }
        )
    )  # fmt: skip

    row = cells.convert_units(frame).row(0, named=True)

    if row["reason"] is None:
        assert row["units"] * denominator == number * numerator
    else:
        assert (number * numerator) % denominator != 0
