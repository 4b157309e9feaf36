"""What is concluded from an answer: only what says yes is a yes, and nothing raises."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.http_wire import Answer as HttpAnswer
from inventory_pipeline.connectors.shopify.answers import judge
from inventory_pipeline.connectors.shopify.patience import find_wait
from inventory_pipeline_tests.support.shopify.sources import line

LINES = [line("r1", "A", 1, 2), line("r2", "B", 1, 2), line("r3", "C", 1, 2)]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["code", "field", "message", "extensions", "id"]), inner)
    ),
    max_leaves=12,
)
ROOT = "inventorySetQuantities"


def ask(body, lines=LINES, status=200, headers=None):
    packed = body if isinstance(body, bytes) else json.dumps(body).encode()
    return judge(HttpAnswer(status, headers or {}, packed), lines, str)


def tell(answer):
    return [answer.lines[one.receipt_id].outcome for one in LINES if one.receipt_id in answer.lines]


def complain(*errors):
    return {"data": {ROOT: {"inventoryAdjustmentGroup": None, "userErrors": list(errors)}}}


def about(code, *path):
    return {"code": code, "field": ["input", *path] if path else None, "message": "no"}


@pytest.mark.slow
@given(
    group=JSON,
    errors=JSON,
    top=JSON,
    cost=JSON,
    status=st.sampled_from([200, 200, 302, 404, 429, 500]),
)
def test_nothing_an_answer_may_hold_raises_or_passes_for_a_yes(group, errors, top, cost, status):
    payload = {"inventoryAdjustmentGroup": group, "userErrors": errors}
    body = {"data": {ROOT: payload}, "errors": top, "extensions": {"cost": cost}}
    answer = ask(body, status=status)
    assert set(answer.lines) == {"r1", "r2", "r3"}
    has_errors = json.dumps(top) not in ("null", "false", '""', "[]", "{}")
    is_result = errors == [] and (group is None or type(group) is dict)
    is_yes = status == 200 and not has_errors and is_result
    assert (set(tell(answer)) == {"confirmed"}) == is_yes
    assert is_yes or "confirmed" not in tell(answer)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_answer_leave_us_in_the_dark(body):
    assert tell(ask(body)) == ["ambiguous"] * 3


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": None},
        {"data": {}},
        {"data": {ROOT: None}},
        {"data": {ROOT: {"userErrors": []}}},
        {"data": {ROOT: {"inventoryAdjustmentGroup": {"id": "x"}, "userErrors": None}}},
        {"data": {ROOT: {"inventoryAdjustmentGroup": [], "userErrors": []}}},
        {"data": {ROOT: {"inventoryAdjustmentGroup": None, "userErrors": []}, "also": {}}},
        {"errors": "[API] Invalid"},
        {"errors": [{"message": "no code"}]},
        {"errors": [{"extensions": {"code": "THROTTLED"}}], "data": {ROOT: {"userErrors": []}}},
        {"errors": [{"extensions": {"code": "THROTTLED"}}, {"extensions": {"code": "OTHER"}}]},
    ],
)
def test_half_an_answer_is_none(body):
    assert tell(ask(body)) == ["ambiguous"] * 3


def test_a_refused_line_weighs_more_than_a_stale_one():
    twice = complain(
        about("CHANGE_FROM_QUANTITY_STALE", "quantities", "1", "changeFromQuantity"),
        about("INVALID_LOCATION", "quantities", "1", "locationId"),
        about("CHANGE_FROM_QUANTITY_STALE", "quantities", "1", "changeFromQuantity"),
    )
    assert tell(ask(twice)) == ["unapplied", "refused", "unapplied"]


@pytest.mark.parametrize(
    "path", [(), ("quantities", "3"), ("quantities", "²"), ("quantities", "-1")]
)
def test_a_complaint_about_no_line_of_ours_condemns_none(path):
    answer = ask(complain(about("INVALID_LOCATION", *path)))
    assert tell(answer) == ["unapplied"] * 3
    assert answer.is_down


@pytest.mark.parametrize("code", ["INVALID_REASON", "INVALID_REFERENCE_DOCUMENT", "INVALID_NAME"])
def test_what_is_wrong_with_many_is_a_fault_of_ours_and_with_one_it_is_refused(code):
    answer = ask(complain(about(code, "reason")))
    assert tell(answer) == ["unapplied"] * 3
    assert answer.is_down
    assert tell(ask(complain(about(code, "reason")), LINES[:1])) == ["refused"]


@pytest.mark.parametrize("code", ["SERVICE_UNAVAILABLE", "ADJUST_QUANTITIES_FAILED", "", None])
def test_codes_that_do_not_say_what_happened_are_ambiguous(code):
    assert tell(ask(complain(about(code, "quantities", "0")))) == ["ambiguous"] * 3


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({}, 2), ({"retry-after": "7"}, 7), ({"retry-after": "999999999999999"}, 3600)],
)
def test_too_many_requests_are_waited_for(headers, seconds):
    answer = ask(b"", status=429, headers=headers)
    assert (tell(answer), answer.wait) == (["unapplied"] * 3, timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("asked", "left", "rate", "seconds"),
    [(100, 50, 50, 1.0), (1000, 0, 100, 10.0), (10, 20, 50, 1.0), (2000, 0, 1, 60.0)],
)
def test_a_throttled_request_waits_until_the_points_are_back(asked, left, rate, seconds):
    status = {"currentlyAvailable": left, "restoreRate": rate, "maximumAvailable": 2000}
    cost = {"requestedQueryCost": asked, "throttleStatus": status}
    assert find_wait({"extensions": {"cost": cost}}) == seconds


@pytest.mark.parametrize("rate", [0, None, "soon", []])
def test_a_wait_nobody_can_tell_is_none(rate):
    status = {"currentlyAvailable": 1, "restoreRate": rate}
    cost = {"requestedQueryCost": 5, "throttleStatus": status}
    assert find_wait({"extensions": {"cost": cost}}) is None
    assert find_wait({}) is None
