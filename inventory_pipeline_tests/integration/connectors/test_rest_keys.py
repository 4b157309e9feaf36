"""Pages by keys, for any system that can be asked for what comes after a row."""

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.rest import RestFeed
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.http_sources import build_rest
from inventory_pipeline_tests.support.stand_in import StandIn, answer_json

COLUMNS = {
    "item_id": "sku", "location_id": "shop", "quantity": "units", "fact": {"constant": "on_hand"},
    "as_of": {"constant": "{fetched_at}"},
}  # fmt: skip


def describe(**changes):
    return {
        "path": "levels/after/{after.sku}",
        "query": {"shop": "{after.shop}", "take": "{limit}"},
        "paging": {"kind": "keyset", "size": 3, "after": {"shop": 0, "sku": "-"}},
        "rows": "levels",
        "columns": COLUMNS,
        **changes,
    }


def read(tmp_path, levels, *, tell=lambda _left: None, **changes):
    """Serve levels by shop and SKU, whatever is added or taken away meanwhile."""

    def plan(asked):
        after = (int(asked.first("shop")), asked.path.rpartition("/")[2])
        left = sorted(key for key in levels if key > after)
        rows = [{"shop": shop, "sku": sku, "units": levels[shop, sku]} for shop, sku in left[:3]]
        levels.pop((1, "a"), None)
        return answer_json({"levels": rows, "left": tell(len(left)), "more": len(left) > 3})

    with StandIn(plan) as server:
        connector = build_rest(server.url, feeds={"counts": describe(**changes)})
        fetched, pages = land(connector, "counts", tmp_path / "landing")
        return fetched, connector.parse("counts", pages).rows, server.asked


LEVELS = {(shop, sku): shop for shop in (1, 2) for sku in "abcd"}


def test_every_page_comes_after_the_last_row_of_the_one_before(tmp_path):
    fetched, rows, asked = read(tmp_path, dict(LEVELS))
    assert (fetched.is_complete, fetched.end_marker) == (True, "page 4 is empty")
    assert rows["item_id"].to_list() == list("abcdabcd")
    assert [(a.path, a.first("shop")) for a in asked] == [
        ("/levels/after/-", "0"), ("/levels/after/c", "1"), ("/levels/after/b", "2"),
        ("/levels/after/d", "2"),
    ]  # fmt: skip


def test_a_total_counts_from_the_page_on(tmp_path):
    left_out = {key: units for key, units in LEVELS.items() if key != (1, "a")}
    told = {"total": "left", "paging": {**describe()["paging"], "has_more": "more"}}
    fetched, rows, asked = read(tmp_path, left_out, tell=lambda left: left, **told)
    assert (fetched.is_complete, fetched.is_suspect, rows.height) == (True, False, 7)
    assert len(asked) == 3
    fetched, _, _ = read(tmp_path, left_out, tell=lambda left: max(left, 4), **told)
    assert fetched.is_suspect


def test_a_total_at_the_ceiling_is_no_total(tmp_path):
    left_out = {key: units for key, units in LEVELS.items() if key != (1, "a")}
    told = {"total": "left", "paging": {**describe()["paging"], "ceiling": 4}}
    fetched, rows, _ = read(tmp_path, left_out, tell=lambda left: min(left, 4), **told)
    assert (fetched.is_complete, fetched.is_suspect, rows.height) == (True, False, 7)


def test_what_a_key_holds_is_one_segment_of_the_path(tmp_path):
    levels = {(1, "../admin"): 1, (1, "b c"): 2}
    _, _, asked = read(tmp_path, levels)
    assert asked[1].path == "/levels/after/b%20c"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"path": "levels/{after.sku}/{after.id}"}, r"{after.id} is none of paging.after"),
        ({"query": {}}, r"the request never says {after.shop}"),
        ({"path": "levels/{after}/{after.sku}"}, r"{after}: write {after.FIELD}"),
        ({"path": "levels/{after.sku}{after:%Y}"}, r"{after:%Y}: write {after.FIELD}"),
        ({"paging": {"kind": "offset"}}, r"{after.shop} is none of paging.after"),
        ({"paging": {"kind": "keyset", "after": {}}}, "at least 1 item"),
    ],
)
def test_keys_that_do_not_fit_the_request_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message.replace("{", r"\{").replace("}", r"\}")):
        RestFeed.model_validate(describe(**changes))
