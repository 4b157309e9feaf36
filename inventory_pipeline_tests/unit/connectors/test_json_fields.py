"""Rows read by where their quotes stand: every difference but in a value is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from inventory_pipeline.connectors.json_columns import Rows, plan_rows
from inventory_pipeline.connectors.json_fields import read_fields
from inventory_pipeline.connectors.json_layout import find_layout
from inventory_pipeline.connectors.json_page import read_slowly
from inventory_pipeline.connectors.json_pieces import NotAlikeError, cut_rows, find_blocks

PLAN = plan_rows(
    "counts",
    Rows(
        rows="rows",
        columns={
            "item_id": "sku",
            "location_id": "place.code",
            "as_of": "at",
            "fact": {"constant": "on_hand"},
            "quantity": "qty",
        },
    ),
)
WANTED = {name: place.keys for name, place in PLAN.cells.items()}
FLAT = '{"sku": "A", "qty": 1, "at": "t"}'
DEEP = '{"sku": "A", "place": {"code": "L1", "x": null}, "none": {}, "at": "t", "qty": 1}'


def read(*pages: str):
    """Read pages of rows, given as JSON lists, the way under test alone."""
    sheaf = [cut_rows(f'{{"rows": {page}}}'.encode(), PLAN.rows) for page in pages]
    layout = find_layout(sheaf[0].first, PLAN.rows, WANTED.values())
    [block] = find_blocks(sheaf)
    return read_fields(block, layout, WANTED)


def read_as_before(*pages: str):
    """Read the same value by value."""
    rows = [json.loads(page, parse_int=str, parse_float=str) for page in pages]
    text = json.dumps({"rows": [row for page in rows for row in page]})
    return read_slowly(text.encode(), PLAN).sheet.cells.drop("row")


def edit(row: str, old: str, new: str) -> str:
    """Return a list of four rows, one of them edited."""
    assert old in row
    return f"[{row}, {row}, {row.replace(old, new)}, {row}]"


@pytest.mark.parametrize("row", [FLAT, DEEP])
@pytest.mark.parametrize("gap", [", ", ","])
def test_rows_that_differ_in_values_alone_are_read(row, gap) -> None:
    rows = [
        row.replace('"qty": 1', f'"qty": {n - 3}').replace('"A"', f'"é{n}"') for n in range(500)
    ]
    table = read(f"[{gap.join(rows)}]")
    assert table["item_id"].to_list() == [f"é{n}" for n in range(500)]
    assert table["quantity"].to_list() == [str(n - 3) for n in range(500)]


@pytest.mark.parametrize("row", [FLAT, DEEP])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"sku"', '"skv"'),
        ('"sku": "A", "', '"sku": "A",  "'),
        ('"sku": "A"', '"sku" "A"'),
        ('"sku": "A"', '"sku": null'),
        ('"sku": "A"', '"sku": "A", "sku": "A"'),
        ('"sku": "A"', '"sku": "A\\u0041"'),
        ('"sku": "A"', '"sku": "A\x01"'),
        ('"sku": "A"', '"sku": "A\n"'),
        ('"sku": "A"', '"sku": "}, {"'),
        ('"sku": "A", ', ""),
        ('"qty": 1', '"qty": 01'),
        ('"qty": 1', '"qty": 1e3'),
        ('"qty": 1', '"qty": NaN'),
        ('"qty": 1', '"qty": '),
        ('"qty": 1', '"qty": -'),
        ('"qty": 1', '"qty": 1 2'),
        ('"qty": 1', '"qty": "1"'),
        ('"qty": 1', '"qty": [1]'),
        ('"qty": 1', '"qtz": 1'),
        ('"at": "t"', '"at": "t" "'),
        ('{"sku"', '{ "sku"'),
        ('{"sku"', '{"x": 1, "sku"'),
    ],
)
def test_one_row_that_differs_elsewhere_is_refused(row, old, new) -> None:
    with pytest.raises(NotAlikeError):
        read(edit(row, old, new))


@pytest.mark.parametrize("text", ["-7", "93.0", "0.10", "12345678901234567890", "true", "null"])
def test_bare_values_keep_their_text_and_null_is_nothing(text) -> None:
    for row in (FLAT, DEEP, FLAT.replace(', "at": "t"', "")):
        quantities = read(edit(row, '"qty": 1', f'"qty": {text}'))["quantity"].to_list()
        assert quantities == ["1", "1", None if text == "null" else text, "1"]


def test_a_value_no_column_asks_for_is_judged_too() -> None:
    with pytest.raises(NotAlikeError):
        read(edit(DEEP, '"x": null', '"x": nil'))


def test_pages_of_one_row_go_with_any_gap_and_others_only_with_their_own() -> None:
    assert read(f"[{FLAT}, {FLAT}]", f"[{FLAT}]").height == 3
    with pytest.raises(NotAlikeError):
        read(f"[{FLAT}, {FLAT}]", f"[{FLAT},{FLAT}]")


TEXTS = st.text(alphabet=st.sampled_from('aé漢😀{}[],: \x7f"\\'), max_size=9)
NUMBERS = st.sampled_from(["0", "-1", "2.50", "77777777777777777777", "true", "false", "null"])


@st.composite
def pages_of_rows(draw):
    """Some pages of rows that look alike, more or less."""
    gap = draw(st.sampled_from([",", ", "]))
    shape = draw(
        st.sampled_from(
            [
                '{{"sku":{0},"qty":{1},"at":{2}}}',
                '{{"qty": {1}, "at": {2}, "place": {{"code": {0}}}}}',
                '{{"at": {0}, "u": {2}, "qty": {1}}}',
            ]
        )
    )
    rows = st.builds(
        lambda a, b, c: shape.format(json.dumps(a), b, json.dumps(c)), TEXTS, NUMBERS, TEXTS
    )
    pages = draw(st.lists(st.lists(rows, min_size=1, max_size=6), min_size=1, max_size=4))
    return [f"[{gap.join(page)}]" for page in pages]


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(pages=pages_of_rows())
def test_what_is_read_is_what_stands_there(pages) -> None:
    try:
        table = read(*pages)
    except NotAlikeError:
        return
    assert_frame_equal(table, read_as_before(*pages))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_byte_changed_anywhere_never_changes_what_is_understood(data) -> None:
    text = data.draw(st.sampled_from([f"[{row}, {row}, {row}]" for row in (FLAT, DEEP)]))
    at = data.draw(st.integers(3, len(text) - 3))
    spoilt = text[:at] + data.draw(st.sampled_from('"{}[],: 1-.eA\\\x00tn')) + text[at + 1 :]
    try:
        table = read(spoilt)
    except NotAlikeError:
        return
    assert_frame_equal(table, read_as_before(spoilt))
