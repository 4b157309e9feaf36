"""From page to page, and how the end is known."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from inventory_pipeline.connectors.json_columns import Rows, plan_rows
from inventory_pipeline.connectors.json_page import read_page
from inventory_pipeline.connectors.paging import (
    End,
    Paging,
    Position,
    Turn,
    find_headers,
    find_link,
    find_next,
    find_range_total,
    find_words,
)
from inventory_pipeline.errors import SourceContractError

PLAN = plan_rows(
    "counts",
    Rows(
        rows="items[]",
        columns=dict.fromkeys(("item_id", "location_id", "fact", "quantity", "as_of"), "x"),
    ),
)


def build(**options):
    return TypeAdapter(Paging).validate_python(options)


def turn(items: int, *, number=1, offset=0, headers=None, total=None, **answer):
    answer["items"] = [{"x": "1", "id": str(offset + n + 1)} for n in range(items)]
    page = read_page(json.dumps(answer).encode(), PLAN)
    return Turn(Position(number, offset), page, headers or {}, total)


def test_pages_and_offsets_count_what_came_and_end_on_an_empty_page():
    for kind in ("page", "offset"):
        paging = build(kind=kind, size=100)
        after = find_next(paging, turn(40, number=3, offset=200))
        assert after == Position(number=4, offset=240)
        assert find_next(paging, turn(0, number=4, offset=240)) == End("page 4 is empty")


def test_a_short_page_ends_only_where_the_configuration_trusts_it():
    paging = build(kind="offset", size=100, end="short_page")
    assert find_next(paging, turn(40)) == End("page 1 is short: 40 of 100 rows")
    assert find_next(paging, turn(100)) == Position(2, 100)


def test_a_declared_total_or_number_of_pages_ends_without_another_question():
    paging = build(kind="offset", size=100)
    assert find_next(paging, turn(40, offset=200, total=240)) == End("all 240 declared rows came")
    paging = build(kind="page", size=100, pages="pages")
    assert find_next(paging, turn(100, number=1, pages=2)) == Position(2, 100)
    assert find_next(paging, turn(100, number=2, pages=2)) == End("page 2 is the last of 2")
    with pytest.raises(SourceContractError, match="'pages' holds no whole number"):
        find_next(paging, turn(100, number=1))


def test_the_first_page_has_the_number_the_source_gives_it():
    assert find_words(build(kind="page", first=0), Position())["page"] == 0
    assert find_words(build(kind="page"), Position(3))["page"] == 3


def test_a_cursor_leads_on_until_there_is_none():
    paging = build(kind="cursor", next="next")
    assert find_next(paging, turn(2, next="abc")) == Position(2, 2, cursor="abc")
    for end in ({"next": None}, {"next": ""}, {}):
        assert find_next(paging, turn(2, **end)) == End("page 1 names no further cursor")


def test_has_more_decides_and_a_promise_without_cursor_is_suspect():
    paging = build(kind="cursor", next="next", has_more="more")
    assert find_next(paging, turn(2, next="abc", more=False)).is_whole
    assert find_next(paging, turn(2, next="abc", more=True)) == Position(2, 2, cursor="abc")
    broken = find_next(paging, turn(2, next=None, more=True))
    assert (broken.is_whole, broken.is_suspect) == (False, True)
    with pytest.raises(SourceContractError, match="'more' is not true or false"):
        find_next(paging, turn(2, next="abc"))


def test_the_last_row_can_be_the_cursor():
    paging = build(kind="cursor", last="id", is_number=True)
    assert find_next(paging, turn(2, offset=40)) == Position(2, 42, cursor=42)
    assert find_next(paging, turn(0, offset=42)) == End("page 1 names no further cursor")


def test_a_url_in_the_answer_leads_on():
    paging = build(kind="next_url", path="links.next")
    assert find_next(paging, turn(1, links={"next": "/p2"})) == Position(2, 1, link="/p2")
    assert find_next(paging, turn(1, links={})) == End("page 1 names no next page")


@pytest.mark.parametrize(
    ("header", "url"),
    [
        ('<https://a/2>; rel="next"', "https://a/2"),
        ('<https://a/1>; rel="prev", <https://a/2>; rel="next"; title="x, y"', "https://a/2"),
        ("<https://a/2>;rel=next", "https://a/2"),
        ('<https://a/2>; REL="last next"', "https://a/2"),
        ('<https://a/2,3>; rel="next"', "https://a/2,3"),
        ('<https://a/2>; rel="nextish"', None),
        ('<https://a/2>; title="rel=next"', None),
        ("", None),
        ("garbage", None),
    ],
)
def test_a_link_header_is_read_as_rfc_8288_writes_it(header, url):
    assert find_link(header) == url


def test_a_link_header_leads_on():
    headers = {"link": '</p2>; rel="next"'}
    assert find_next(build(kind="link"), turn(1, headers=headers)) == Position(2, 1, link="/p2")
    assert find_next(build(kind="link"), turn(1)) == End("page 1 links to no next page")


def test_ranges_go_on_from_what_came_whatever_the_server_means_by_the_end():
    paging = build(kind="range", size=500)
    assert find_headers(paging, Position(2, 499)) == {"Range": "records=499-998"}
    headers = {"content-range": "records 0-499/1234"}
    assert find_next(paging, turn(499, headers=headers, total=1234)) == Position(2, 499)
    assert find_next(paging, turn(10, offset=1224, headers=headers, total=1234)).is_whole
    everything = find_next(paging, turn(10))
    assert everything.is_whole
    assert "no Content-Range" in everything.marker


@pytest.mark.parametrize(
    ("header", "total"),
    [("records 0-499/1234", 1234), ("records */0", 0), ("records 0-9/*", None), ("x", None)],
)
def test_content_range_declares_a_total_or_a_star(header, total):
    assert find_range_total({"content-range": header}) == total


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "cursor"},
        {"kind": "cursor", "next": "a", "last": "b"},
        {"kind": "cursor", "next": "a..b"},
        {"kind": "offset", "size": 0},
        {"kind": "pages"},
        {"kind": "range", "unit": "re cords"},
        {"kind": "none", "sizes": 5},
    ],
)
def test_paging_that_cannot_work_is_refused(options):
    with pytest.raises((ValidationError, ValueError)):
        build(**options)


def keyset(**options):
    return build(kind="keyset", size=2, after={"id": 0}, **options)


def test_keys_of_the_last_row_are_what_the_next_page_comes_after():
    paging = keyset()
    assert find_words(paging, Position())["after"] == {"id": 0}
    after = find_next(paging, turn(2))
    assert after == Position(number=2, offset=2, after={"id": 2})
    assert find_words(paging, after)["after"] == {"id": 2}
    assert find_next(paging, turn(1, number=2, offset=2)).after == {"id": 3}
    assert find_next(paging, turn(0, number=3, offset=3)) == End("page 3 is empty")


def test_numbers_that_do_not_rise_are_suspect():
    stuck = turn(2)
    moved = Turn(Position(2, 2, after={"id": 2}), stuck.page, {}, None)
    end = find_next(keyset(), moved)
    assert (end.is_whole, end.is_suspect) == (False, True)
    assert "does not come after the one before" in end.marker


def test_texts_need_not_rise_because_nobody_knows_their_order():
    paging = build(kind="keyset", after={"id": ""})
    moved = Turn(Position(2, 2, after={"id": "z"}), turn(2).page, {}, None)
    assert find_next(paging, moved).after == {"id": "2"}


@pytest.mark.parametrize(
    ("items", "has_more", "marker", "is_whole"),
    [
        (2, False, "more is false on page 1", True),
        (0, False, "more is false on page 1", True),
        (0, True, "page 1 is empty and promises more", False),
    ],
)
def test_a_source_that_says_whether_more_comes_is_taken_at_its_word(
    items, has_more, marker, is_whole
):
    end = find_next(keyset(has_more="more"), turn(items, more=has_more))
    assert (end.marker, end.is_whole, end.is_suspect) == (marker, is_whole, not is_whole)


def test_a_page_without_its_keys_is_refused():
    with pytest.raises(SourceContractError, match="'missing' holds no whole number"):
        find_next(build(kind="keyset", after={"missing": 0}), turn(2))
    with pytest.raises(SourceContractError, match="the last row has no 'missing'"):
        find_next(build(kind="keyset", after={"missing": ""}), turn(2))
    with pytest.raises(SourceContractError, match="'more' is not true or false"):
        find_next(keyset(has_more="more"), turn(2))
