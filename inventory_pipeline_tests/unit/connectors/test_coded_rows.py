"""Rows read by code: what makes a row, what makes none, and which way a number moved."""

import json

import pytest

from inventory_pipeline.connectors.coded_rows import (
    LeftOut,
    Odd,
    build_rows,
    describe_left_out,
    find_all,
    sign_movement,
)
from inventory_pipeline.connectors.json_columns import Rows, plan_rows
from inventory_pipeline.connectors.json_take import take_text
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.frames import RAW_FEEDS

COLUMNS = {name: {"constant": ""} for name in RAW_FEEDS["movements"][0]}
PLAN = plan_rows("movements", Rows(rows="data.edges[].node", columns={**COLUMNS, "kind": "kind"}))


def read(element):
    kind = take_text(element, "kind")
    if kind == "nothing":
        yield LeftOut("changes of nothing")
    elif kind == "odd":
        yield Odd("it is odd")
    else:
        yield {"movement_id": take_text(element, "id"), "kind": kind}


def pages(*pages):
    return [
        json.dumps({"data": {"edges": [{"node": one} for one in page]}}).encode() for page in pages
    ]


def test_elements_become_rows_and_what_is_none_keeps_its_number():
    some = pages(
        [{"id": 1, "kind": "receipt"}, {"id": 2, "kind": "odd"}],
        [{"id": 3, "kind": "nothing"}, {"id": 4}, {"id": 5, "kind": "count"}],
    )
    frame = build_rows(some, PLAN, read)
    assert frame.rows.columns == ["row", *RAW_FEEDS["movements"][0], *RAW_FEEDS["movements"][1]]
    assert frame.rows.select("row", "movement_id", "kind").rows() == [
        (1, "1", "receipt"),
        (5, "5", "count"),
    ]
    assert frame.rejected.rows() == [
        (2, "it is odd", '{"id": "2", "kind": "odd"}'),
        (4, "the answer has no 'kind' where one should be; nearest seen is 'id'", '{"id": "4"}'),
    ]
    found = [one for _, one in find_all(some, PLAN, read)]
    assert describe_left_out(found) == ["changes of nothing: 1"]


def test_no_element_at_all_is_no_error():
    assert build_rows(pages([]), PLAN, read).rows.is_empty()


@pytest.mark.parametrize("page", [[{"id": 1}], [None], [[]]])
def test_nothing_but_broken_elements_is_an_answer_of_another_kind(page):
    with pytest.raises(SourceContractError, match="no row can be read: "):
        build_rows(pages(page), PLAN, read)


def test_an_answer_without_the_list_is_refused():
    with pytest.raises(SourceContractError, match=r"data\.edges is no list"):
        build_rows([b'{"data": {}}'], PLAN, read)


@pytest.mark.parametrize(
    ("kind", "change", "signed"),
    [
        ("shipment", "-3", ("shipment", "3")),
        ("receipt", "3", ("receipt", "3")),
        ("receipt", "-3", ("adjustment", "-3")),
        ("shipment", "3", ("adjustment", "3")),
        ("adjustment", "-3", ("adjustment", "-3")),
        ("count", "3", ("adjustment", "3")),
        ("purchase_order_posted", "3", ("purchase_order_posted", "3")),
        ("order_placed", "-3", ("order_placed", "3")),
        ("shipment", "-1.5", ("shipment", "-1.5")),
        ("shipment", None, ("shipment", None)),
    ],
)
def test_the_kind_fixes_the_sign_or_it_was_an_adjustment(kind, change, signed):
    told = sign_movement(kind, change)
    assert (told["kind"], told["quantity"]) == signed
