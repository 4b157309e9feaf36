"""Pages whose rows are read together: what is landed and understood is what reading each says."""

import json
from dataclasses import replace

import pytest

from inventory_pipeline.connectors.json_page import BATCH_BYTES
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.http_sources import (
    REST,
    build_counts,
    build_rest,
    find_columns,
    serving,
)


def name(rows: list[dict[str, object]], number: int, item_id: str) -> list[dict[str, object]]:
    """Return the rows with another name for one item."""
    return [{**row, "item_id": item_id} if n == number else row for n, row in enumerate(rows)]


def read(served, folder) -> tuple[bool, list[str]]:
    fetched, pages = land(served.connector, "counts", folder)
    rows = served.connector.parse("counts", pages).rows
    assert rows["row"].to_list() == list(range(1, rows.height + 1))
    return fetched.is_complete, rows["item_id"].to_list()


@pytest.mark.parametrize("item_id", ["a}, {b", 'a"}, {"x_item_id": "b', "}]", "[{"])
@pytest.mark.parametrize("number", [0, 50, 99, 150, 299])
def test_a_text_that_looks_like_rows_moves_no_offset(tmp_path, item_id, number) -> None:
    rows = name(build_counts(300), number, item_id)
    with serving("rest", rows) as it:
        assert read(it, tmp_path) == (True, [row["item_id"] for row in rows])


def test_an_offset_that_went_too_far_and_failed_is_no_failure(tmp_path) -> None:
    """The page after the misread one answers 400, as sources do beyond their end."""
    rows = name(build_counts(200), 150, "a}, {b")

    def refuse(asked, reply):
        is_off = int(asked.first("skip", "0")) % 100
        return replace(reply, status=400) if is_off else reply

    with serving("rest", rows, spoil=refuse) as it:
        feed = {**REST, "total": None, "columns": find_columns(rows)}
        it.connector = build_rest(it.server.url, feeds={"counts": feed})
        assert read(it, tmp_path) == (True, [row["item_id"] for row in rows])


def test_a_bad_row_names_its_page_though_others_were_asked_for_since(tmp_path) -> None:
    def spoil(asked, reply):
        is_second = asked.first("skip", "0") == "100"
        return replace(reply, body=reply.body.replace(b": 107,", b": NaN,")) if is_second else reply

    named = pytest.raises(SourceContractError, match=r"page 2 of .*levels: the answer has NaN")
    with serving("rest", build_counts(300), spoil=spoil) as it, named:
        land(it.connector, "counts", tmp_path)


@pytest.mark.slow
def test_pages_beyond_one_batch_come_in_their_order(tmp_path) -> None:
    rows = build_counts(20_000)
    assert len(json.dumps(rows)) > 2 * BATCH_BYTES
    with serving("rest", rows, timeouts={"feed": "60s"}) as it:
        assert read(it, tmp_path) == (True, [row["item_id"] for row in rows])


def test_pages_that_come_again_in_another_order_are_noticed(tmp_path) -> None:
    asked_for: list[bytes] = []

    def repeat(_, reply):
        asked_for.append(reply.body)
        answer = json.loads(asked_for[0])
        turn = len(asked_for)
        answer["entries"] = answer["entries"][turn:] + answer["entries"][:turn]
        return replace(reply, body=json.dumps(answer).encode())

    with serving("rest", build_counts(300), spoil=repeat) as it:
        fetched, pages = land(it.connector, "counts", tmp_path)
        assert it.connector.parse("counts", pages).rows.height == 100
    assert (fetched.is_complete, fetched.is_suspect) == (False, True)
    assert "page 2 repeats page 1" in fetched.end_marker


def test_the_first_of_two_bad_pages_is_the_one_named_batches_apart(tmp_path) -> None:
    def spoil(asked, reply):
        is_bad = asked.first("skip", "0") in ("100", "9000")
        return replace(reply, body=reply.body.replace(b"on_hand", b"on\thand")) if is_bad else reply

    named = pytest.raises(SourceContractError, match=r"page 2 of .*levels: the answer is not whole")
    options = {"timeouts": {"feed": "60s"}}
    with serving("rest", build_counts(10_000), spoil=spoil, **options) as it, named:
        land(it.connector, "counts", tmp_path)
