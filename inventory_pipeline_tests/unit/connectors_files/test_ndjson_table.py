"""NDJSON pages: strict objects, numbers digit for digit, a broken line set aside alone."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.ndjson_table import MAX_SHAPES, parse_ndjson
from inventory_pipeline.connectors.tables import Plan
from inventory_pipeline.connectors.text_source import TextForm
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import Page, RawFrame

COUNTS = Plan("counts")
GOOD = '{"item_id":"A","location_id":"L1","fact":"on_hand","quantity":5,"as_of":"t"}'


def read(*lines: str, plan: Plan = COUNTS) -> RawFrame:
    return parse_ndjson(Page("\n".join(lines).encode(), "ndjson"), plan, TextForm())


def with_quantity(written: str, item: str = '"A"') -> str:
    return GOOD.replace('"A"', item).replace(":5,", f":{written},")


@pytest.mark.parametrize(
    "written", ["0", "-0", "007.5e1"[2:], "1e5", "12.50", "123456789012345678901234567890", "93.0"]
)
def test_a_number_keeps_the_digits_it_was_written_with(written):
    assert read(with_quantity(written)).rows["quantity"].to_list() == [written]


def test_texts_words_and_nothing_are_text_text_and_null():
    part = read(with_quantity('"00123"'), with_quantity("true"), with_quantity("null"))
    assert part.rows["quantity"].to_list() == ["00123", "true", None]
    assert part.rows.schema["quantity"] == pl.String


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (with_quantity("NaN"), "NaN"),
        (with_quantity("-Infinity"), "Infinity"),
        (with_quantity("1e400"), "too large"),
        (with_quantity("05"), "not whole JSON"),
        (with_quantity('5,"quantity":6'), "twice"),
        (with_quantity('5,"spare":1,"spare":1'), "twice"),
        (with_quantity("{}"), "no single value"),
        (with_quantity("[5]"), "no single value"),
        (GOOD[:-1], "not whole JSON"),
        (GOOD + GOOD, "not whole JSON"),
        ("[1, 2]", "no JSON object"),
        ("12", "no JSON object"),
        ("=cmd()", "not whole JSON"),
        ("[" * 100_000, "deep"),
    ],
)
def test_a_line_that_is_no_strict_object_is_set_aside_alone(line, reason):
    part = read(GOOD, line, GOOD)
    assert part.rows["row"].to_list() == [1, 3]
    assert part.rejected["row"].to_list() == [2]
    assert part.rejected["raw"].item() == line[:1000]
    assert "line 2: " in part.rejected["reason"].item()
    assert reason in part.rejected["reason"].item()


def test_a_key_inside_a_text_is_no_key():
    tricky = '{"note":"{\\"quantity\\":9,","quantity":5,"item_id":",\\"item_id\\":1","fact":"f",'
    part = read(tricky + '"location_id":"L1","as_of":"t"}')
    assert part.rows["quantity"].item() == "5"
    assert part.rows["item_id"].item() == ',"item_id":1'


def test_spaces_order_and_escapes_do_not_matter():
    spaced = f"  {GOOD} \r".replace(":", " : ").replace(",", "\t, ")
    turned = '{"as_of":"t","quantity":5,"fact":"on_hand","location_id":"L1","item_id":"A"}'
    escaped = GOOD.replace('"A"', '"\\u0041"')
    rows = read(GOOD, spaced, turned, escaped).rows
    assert rows.drop("row").unique().height == 1
    assert rows.height == 4


def test_an_optional_key_may_stand_in_some_lines_only():
    part = read(GOOD, GOOD.replace('"fact"', '"bin":"B-1","fact"'))
    assert part.rows["bin"].to_list() == [None, "B-1"]
    assert "unit" not in part.rows.columns


def test_more_shapes_than_are_read_at_once_lose_no_row():
    lines = [GOOD.replace("}", f',"extra{i}":{i}}}') for i in range(3 * MAX_SHAPES)]
    assert read(*lines).rows["row"].to_list() == list(range(1, 3 * MAX_SHAPES + 1))


def test_a_required_key_that_stands_in_no_line_is_named_with_its_nearest():
    with pytest.raises(SourceContractError, match="'quantity' is missing; nearest seen is 'qty'"):
        read(GOOD.replace("quantity", "qty"))


def test_a_required_key_that_some_lines_lack_is_null_there():
    assert read(GOOD, GOOD.replace('"quantity":5,', "")).rows["quantity"].to_list() == ["5", None]


def test_a_key_may_have_any_name_even_row():
    plan = Plan("counts", {"bin": "row", "unit": "we?ird.*(key"})
    part = read(GOOD.replace("}", ',"row":"B-1","we?ird.*(key":"EA"}'), plan=plan)
    assert part.rows.select("row", "bin", "unit").rows() == [(1, "B-1", "EA")]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff\n"])
def test_empty_lines_alone_are_no_rows_and_no_error(text):
    part = read(text)
    assert part.rows.columns == ["row", "item_id", "location_id", "fact", "quantity", "as_of"]
    assert part.rows.height == 0


def test_broken_lines_alone_are_no_rows_and_all_set_aside():
    part = read("x", "y")
    assert part.rows.height == 0
    assert part.rejected["row"].to_list() == [1, 2]


def test_bytes_that_are_no_utf_8_are_refused_with_their_place():
    with pytest.raises(SourceContractError, match="byte 12 is not utf-8"):
        parse_ndjson(Page('{"item_id":"é"}'.encode("latin-1"), "ndjson"), COUNTS, TextForm())


def as_text(value):
    return value if value is None or isinstance(value, str) else json.dumps(value)


scalar = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8))


@pytest.mark.slow
@given(st.lists(st.tuples(scalar, scalar), max_size=8), st.booleans())
def test_whatever_a_json_writer_writes_is_read_back(pairs, escapes):
    lines = []
    for item, quantity in pairs:
        row = {"item_id": item, "location_id": "L", "fact": "f", "quantity": quantity, "as_of": "t"}
        lines.append(json.dumps(row, ensure_ascii=escapes))
    body = "\n".join(lines).encode("utf-8", "surrogatepass" if escapes else "replace")
    part = parse_ndjson(Page(body, "ndjson"), COUNTS, TextForm())
    expected = [
        tuple(
            value if value is None or isinstance(value, str) else json.dumps(value) for value in p
        )
        for p in pairs
    ]
    assert part.rows.select("item_id", "quantity").rows() == expected
