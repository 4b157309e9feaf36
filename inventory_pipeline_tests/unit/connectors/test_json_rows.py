"""From sheets to the contract's columns: maps, times, constants, facts."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.json_columns import Rows, plan_rows
from inventory_pipeline.connectors.json_page import read_page
from inventory_pipeline.connectors.json_rows import build_frame, describe_left_out
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.ports import Page, RawFrame

ANSWER = Page(
    b"",
    "json",
    hour_at=datetime(2026, 4, 6, 10, tzinfo=UTC),
    fetched_at=datetime(2026, 4, 6, 10, 5, tzinfo=UTC),
)
COLUMNS = {"item_id": "sku", "location_id": "place", "as_of": "at", "fact": "f", "quantity": "q"}


def read(
    options: dict, *answers: object, feed: str = "counts", head: Page | None = None
) -> RawFrame:
    plan = plan_rows(feed, Rows.model_validate(options))
    sheets = [read_page(json.dumps(answer).encode(), plan).sheet for answer in answers]
    return build_frame(sheets, plan, answer=ANSWER, head=head)


def row(**changes: object) -> dict[str, object]:
    return {"sku": "A", "place": "L1", "at": "t", "f": "on_hand", "q": 5} | changes


def test_nested_lists_yield_a_row_each_with_what_stands_above():
    answer = {
        "at": "2026-04-06T10:00:00Z",
        "items": [
            {"sku": "A", "levels": [{"id": 1, "on": 5, "out": 1}, {"id": 2, "on": 6, "out": 0}]},
            {"sku": "B", "levels": []},
        ],
    }
    frame = read(
        {
            "rows": "items[].levels[]",
            "columns": {"item_id": "$.items[].sku", "location_id": "id", "as_of": "$.at"},
            "facts": {"on_hand": "on", "committed": "out"},
        },
        answer,
    )
    assert frame.rows.drop("as_of").rows() == [
        (1, "A", "1", "on_hand", "5"),
        (1, "A", "1", "committed", "1"),
        (2, "A", "2", "on_hand", "6"),
        (2, "A", "2", "committed", "0"),
    ]


def test_an_item_whose_inner_list_is_null_is_set_aside_not_dropped():
    options = {
        "rows": "items[].levels[]",
        "columns": {**COLUMNS, "item_id": "$.items[].sku"},
    }
    frame = read(
        options, {"items": [{"sku": "A", "levels": None}, {"sku": "B", "levels": [row()]}]}
    )
    assert frame.rows["item_id"].to_list() == ["B"]
    assert frame.rejected.rows() == [(1, "levels is no list", '{"sku": "A", "levels": null}')]


def test_rows_count_on_from_page_to_page():
    frame = read({"columns": COLUMNS}, [row(), "broken"], [row()])
    assert frame.rows["row"].to_list() == [1, 3]
    assert frame.rejected.rows() == [(2, "the element is no object", '"broken"')]


def test_an_object_where_a_value_is_wanted_is_set_aside():
    frame = read({"columns": COLUMNS}, [row(q={"value": 5}), row()])
    assert frame.rejected["reason"].to_list() == ["q is an object, wanted a value"]
    assert frame.rows["row"].to_list() == [2]


def test_null_is_nothing_unless_the_configuration_says_what_it_means():
    assert read({"columns": COLUMNS}, [row(q=None)]).rows["quantity"].to_list() == [None]
    meaning = {**COLUMNS, "quantity": {"path": "q", "null_means": "0"}}
    assert read({"columns": meaning}, [row(q=None)]).rows["quantity"].to_list() == ["0"]


def test_their_words_become_ours_and_an_unknown_word_is_set_aside():
    columns = {**COLUMNS, "fact": {"path": "f", "map": {"physical": "on_hand"}}}
    frame = read({"columns": columns}, [row(f="physical"), row(f="=cmd()")])
    assert frame.rows["fact"].to_list() == ["on_hand"]
    assert frame.rejected.rows() == [
        (2, "f is '=cmd()', which its map: does not list",
         "item_id=A, location_id=L1, as_of=t, fact==cmd(), quantity=5"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("how", "value", "text"),
    [
        ("epoch_seconds", 1_775_469_600, "2026-04-06T10:00:00Z"),
        ("epoch_seconds", "1775469600.25", "2026-04-06T10:00:00.250000Z"),
        ("epoch_milliseconds", 1_775_469_600_000, "2026-04-06T10:00:00Z"),
        ("date_parts", {"__class__": "datetime", "year": 2026, "month": 4, "day": 6, "hour": 10,
                        "minute": 0, "second": 0, "microsecond": 5}, "2026-04-06T10:00:00.000005"),
        ("date_parts", {"year": 2026, "month": 4, "day": 6}, "2026-04-06T00:00:00"),
    ],
)  # fmt: skip
def test_times_are_read_as_the_source_writes_them(how, value, text):
    columns = {**COLUMNS, "as_of": {"path": "at", "as": how}}
    assert read({"columns": columns}, [row(at=value)]).rows["as_of"].to_list() == [text]


@pytest.mark.parametrize(
    ("how", "value"),
    [
        ("epoch_seconds", "soon"),
        ("epoch_seconds", "1" * 40),
        ("date_parts", {"year": 2026, "month": 13, "day": 1}),
        ("date_parts", {"year": "2026 ", "month": 1, "day": 1}),
        ("date_parts", {"month": 1}),
    ],
)
def test_a_time_that_is_none_is_set_aside(how, value):
    columns = {**COLUMNS, "as_of": {"path": "at", "as": how}}
    frame = read({"columns": columns}, [row(at=value)])
    assert (frame.rows.height, frame.rejected.height) == (0, 1)


def test_constants_know_the_hour_the_fetch_and_the_date_header():
    head = Page(b"Date: Mon, 06 Apr 2026 09:59:58 GMT\r\n", "headers")
    for text, filled in [
        ("L1", "L1"),
        ("{hour}", "2026-04-06T10"),
        ("{hour_end}", "2026-04-06T11:00:00Z"),
        ("{fetched_at}", "2026-04-06T10:05:00Z"),
        ("{date_header}", "2026-04-06T09:59:58Z"),
    ]:
        columns = {**COLUMNS, "as_of": {"constant": text}}
        assert read({"columns": columns}, [row()], head=head).rows["as_of"].to_list() == [filled]


def test_a_field_that_no_row_has_is_a_broken_promise_that_names_it():
    with pytest.raises(SourceContractError, match=r"'q', which quantity .*nearest seen is 'qty'"):
        read({"columns": COLUMNS}, [{"sku": "A", "place": "L1", "at": "t", "f": "x", "qty": 1}])


def test_a_field_that_some_rows_lack_is_null_there():
    some = row()
    del some["q"]
    assert read({"columns": COLUMNS}, [some], [row()]).rows["quantity"].to_list() == [None, "5"]


def test_no_rows_still_have_their_columns():
    frame = read({"columns": {**COLUMNS, "bin": "bin"}}, [])
    assert frame.rows.columns == [
        "row", "item_id", "location_id", "fact", "quantity", "as_of", "bin",
    ]  # fmt: skip
    assert frame.rows.dtypes == [pl.Int64] + [pl.String] * 6


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"columns": {**COLUMNS, "quantty": "q"}}, "nearest is 'quantity'"),
        ({"columns": {"item_id": "sku"}}, "also needs location_id"),
        ({"columns": COLUMNS, "facts": {"on_hand": "q"}}, "not both"),
        ({"columns": {**COLUMNS, "as_of": {"constant": "{now}"}}}, "no placeholder"),
        ({"columns": {**COLUMNS, "as_of": "$.other[].at"}}, "another list"),
        ({"columns": {**COLUMNS, "as_of": "a..b"}}, "no path"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_before_anything_is_asked(options, said):
    with pytest.raises((ValueError, ValidationError), match=said):
        read(options, [])


def test_rows_that_say_another_word_are_left_out():
    keep = {"kept": ["true", "yes"]}
    said = {"A": True, "B": "yes", "C": False, "D": None, "E": "x"}
    answer = [row(sku=sku, kept=kept) for sku, kept in said.items()]
    frame = read({"columns": COLUMNS, "keep": keep}, answer)
    assert frame.rows.select("row", "item_id").rows() == [(1, "A"), (2, "B")]
    assert "keep:kept" not in frame.rows.columns
    assert frame.rejected.is_empty()


def test_what_was_left_out_is_told_by_its_word():
    plan = plan_rows("counts", Rows(columns=COLUMNS, keep={"on": ["true"], "kind": ["own"]}))
    answers = [
        [row(on=True, kind="own"), row(on=False, kind="own"), row(on=False, kind="parent")],
        [row(on=True, kind="parent"), row(on=None, kind="own")],
    ]
    sheets = [read_page(json.dumps(answer).encode(), plan).sheet for answer in answers]
    assert describe_left_out(sheets, plan) == [
        "rows left out because on is 'false': 2",
        "rows left out because on is None: 1",
        "rows left out because kind is 'parent': 1",
    ]


def test_a_field_that_keeps_rows_and_stands_in_none_was_renamed():
    with pytest.raises(SourceContractError, match="no row has 'managed'"):
        read({"columns": COLUMNS, "keep": {"managed": ["true"]}}, [row(manage=True)])


def test_a_note_names_few_words_and_none_of_them_at_length():
    plan = plan_rows("counts", Rows(columns=COLUMNS, keep={"on": ["true"]}))
    answer = [row(on=f"{number}" + "x" * 99) for number in range(9)]
    notes = describe_left_out([read_page(json.dumps(answer).encode(), plan).sheet], plan)
    assert len(notes) == 6
    assert max(map(len, notes)) < 80
    assert notes[-1] == "rows left out because on is something else: 4"


@pytest.mark.parametrize(
    ("answer", "is_taken"),
    [({}, True), ({"cursor": "x"}, True), ({"items": []}, False), (["cursor"], False)],
)
def test_a_list_that_is_left_out_is_empty_only_where_nothing_else_is_said(answer, is_taken):
    options = {"rows": "rows[]", "columns": COLUMNS, "empty_has": ["cursor"]}
    if is_taken:
        assert read(options, answer).rows.is_empty()
    else:
        with pytest.raises(SourceContractError, match="no list at 'rows"):
            read(options, answer)
