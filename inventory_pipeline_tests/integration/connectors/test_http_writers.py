"""``rest`` and ``graphql``, writing: what every answer is taken for, and what is never sent."""

import json
import socket
from contextlib import contextmanager
from datetime import timedelta

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.errors import SourceContractError, SourceError, SourceRefusedError
from inventory_pipeline_tests.support.http_sources import SHORT, build_graphql, build_rest
from inventory_pipeline_tests.support.stand_in import (
    Reply,
    StandIn,
    Toxic,
    answer_json,
    refused_port,
)
from inventory_pipeline_tests.support.write_targets import (
    COUNTS,
    GRAPHQL_WRITE,
    REST_WRITE,
    build_line,
)

FEED = {"counts": {"path": "stock", **COUNTS}}
GRAPHQL_FEED = {"counts": {"query": "{ rows { item_id } }", **COUNTS}}
HTML = Reply(b"<html>please log in</html>", headers={"Content-Type": "text/html"})
GOOD = answer_json({"said": "applied"})
MANY = [build_line(), build_line("A2", receipt_id="r2"), build_line("A3", receipt_id="r3")]


def make(url, write=REST_WRITE, **options):
    return build_rest(url, feeds=FEED, write=write, **{"timeouts": SHORT, **options}).build_writer()


def make_graphql(url, write=GRAPHQL_WRITE, **options):
    return build_graphql(
        url, feeds=GRAPHQL_FEED, write=write, **{"timeouts": SHORT, **options}
    ).build_writer()


def send(writer, lines=None, key="k1"):
    lines = [build_line()] if lines is None else lines
    answer = writer.send(lines, key, writer.encode(lines, key))
    for line in answer.lines.values():
        assert len(line.evidence) <= 200
        assert line.evidence.isprintable()
    return answer


def find_only(answer):
    [line] = answer.lines.values()
    return line.outcome


@contextmanager
def asking(reply, build=make, **options):
    plan = reply if callable(reply) else lambda _asked: reply
    with StandIn(plan) as server:
        yield build(server.url, **options), server


def answer_with(status, body=b"", **headers):
    return Reply(body, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize(
    ("reply", "outcome", "wait", "is_down"),
    [
        (GOOD, "confirmed", None, False),
        (answer_with(204), "confirmed", None, False),
        (answer_with(200), "confirmed", None, False),
        (answer_with(202), "ambiguous", None, False),
        (answer_json([], status=207), "ambiguous", None, False),
        (HTML, "ambiguous", None, False),
        (answer_with(200, b'{"a": ', Content_Type="application/json"), "ambiguous", None, False),
        (answer_with(301, Location="https://evil.example/"), "unapplied", None, True),
        (answer_with(308, Location="/other"), "unapplied", None, True),
        (answer_with(302, Location="/login"), "ambiguous", None, True),
        (answer_with(303, Location="/done"), "ambiguous", None, True),
        (answer_with(400), "refused", None, False),
        (answer_with(404), "refused", None, False),
        (answer_with(422), "refused", None, False),
        (answer_with(409), "stale", None, False),
        (answer_with(401), "unapplied", None, True),
        (answer_with(403), "unapplied", None, True),
        (answer_with(405), "unapplied", None, True),
        (answer_with(408), "ambiguous", None, False),
        (answer_with(429, Retry_After="7"), "unapplied", 7, False),
        (answer_with(429, Retry_After="999999"), "unapplied", 3600, False),
        (answer_with(429), "unapplied", 30, False),
        (answer_with(500), "ambiguous", None, False),
        (answer_with(503, Retry_After="9"), "ambiguous", 9, False),
        (answer_json({}, toxic=Toxic(limit_bytes=1)), "ambiguous", None, False),
        (Reply(b"x", headers={"Content-Encoding": "br"}), "ambiguous", None, False),
    ],
)
def test_every_answer_has_one_meaning_and_is_asked_for_once(reply, outcome, wait, is_down):
    with asking(reply) as (writer, server):
        answer = send(writer)
        assert find_only(answer) == outcome
        assert answer.wait == (None if wait is None else timedelta(seconds=wait))
        assert answer.is_down is is_down
        assert len(server.asked) == 1
        assert server.asked[0].headers["idempotency-key"] == "k1"
        assert server.asked[0].json["to"] == 12


def test_a_conflict_under_a_key_is_open_unless_the_options_say_stale():
    write = {name: value for name, value in REST_WRITE.items() if name != "stale"}
    with asking(answer_with(409), write=write) as (writer, _):
        answer = send(writer)
        assert find_only(answer) == "ambiguous"
        assert answer.wait
    with asking(answer_with(412), write=write) as (writer, _):
        assert find_only(send(writer)) == "stale"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"status": "ok"}, "confirmed"),
        ({"status": "queued"}, "ambiguous"),
        ({}, "ambiguous"),
        ({"error": {"code": "STALE"}}, "stale"),
        ({"error": {"code": "SPENT"}}, "spent"),
        ({"error": {"code": "SEEN"}}, "confirmed"),
        ({"error": {"code": "SLOW_DOWN"}}, "unapplied"),
        ({"error": {"code": "WORKING"}}, "ambiguous"),
        ({"detail": "no such item", "status_code": 500}, "refused"),
    ],
)
def test_errors_with_status_200_are_understood(body, outcome):
    def code(word):
        return {"path": "error.code", "equals": word}

    write = {
        **REST_WRITE, "applied": {"path": "status", "equals": "ok"}, "stale": code("STALE"),
        "spent": code("SPENT"), "done_before": code("SEEN"), "busy": code("SLOW_DOWN"),
        "in_flight": code("WORKING"),
        "refused": [{"status": [200], "path": "status_code", "is_in": [404, 500]}],
    }  # fmt: skip
    with asking(answer_json(body), write=write) as (writer, _):
        answer = send(writer)
        assert find_only(answer) == outcome
        assert bool(answer.wait) is (body.get("error", {}).get("code") in ("SLOW_DOWN", "WORKING"))


def test_what_never_left_is_not_applied():
    with refused_port() as port:
        answer = send(make(f"http://127.0.0.1:{port}"))
    assert (find_only(answer), answer.is_down) == ("unapplied", True)


def fail_to_resolve(_host, _port):
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"world": Surroundings(resolve=fail_to_resolve)}, "has no address"),
        ({"world": Surroundings(resolve=lambda _h, p: [(2, 1, 6, "", ("10.0.0.9", p))])}, "public"),
        ({"auth": {"kind": "bearer", "token": {"env": "NOT_THERE"}}}, "NOT_THERE is not set"),
    ],
)
def test_a_door_that_cannot_be_reached_is_left_alone(options, said):
    answer = send(make("https://shop.example.com", **options))
    assert (find_only(answer), answer.is_down) == ("unapplied", True)
    assert said in answer.lines["r1"].evidence


def test_a_slow_drip_ends_at_the_deadline():
    drip = answer_json({"a": "x" * 400}, toxic=Toxic(slice_bytes=1, slice_seconds=0.1))
    with asking(drip) as (writer, _):
        assert find_only(send(writer)) == "ambiguous"


def test_what_is_said_holds_no_secret_and_no_control(monkeypatch):
    """L14 for evidence: an answer that repeats our token does not get it into the books."""
    monkeypatch.setenv("WRITE_TOKEN", "hunter2-token")
    reply = Reply(b"bad token hunter2-token\x1b[31m\n\0" + b"x" * 900, status=403)
    write = {**REST_WRITE, "auth": {"kind": "bearer", "token": {"env": "WRITE_TOKEN"}}}
    with asking(reply, write=write) as (writer, server):
        said = send(writer).lines["r1"].evidence
        assert "HTTP 403" in said
        assert "hunter2" not in said
        assert server.asked[0].headers["authorization"] == "Bearer hunter2-token"
        assert b"hunter2" not in writer.encode([build_line()], "k1")


def test_reading_and_writing_have_credentials_of_their_own(monkeypatch):
    """S13."""
    monkeypatch.setenv("READ_TOKEN", "reads")
    monkeypatch.setenv("WRITE_TOKEN", "writes")
    write = {**REST_WRITE, "auth": {"kind": "bearer", "token": {"env": "WRITE_TOKEN"}}}
    auth = {"kind": "bearer", "token": {"env": "READ_TOKEN"}}
    with asking(GOOD, write=write, auth=auth) as (writer, server):
        send(writer)
        assert server.asked[0].headers["authorization"] == "Bearer writes"


def test_a_token_that_was_not_taken_is_asked_for_again(tmp_path):
    tokens = iter(["old", "new"])

    def plan(asked):
        if asked.path == "/token":
            return answer_json({"access_token": next(tokens)})
        return answer_with(401) if asked.headers["authorization"] == "Bearer old" else GOOD

    (tmp_path / "secret").write_text("s")
    with StandIn(plan) as server:
        auth = {
            "kind": "oauth", "token_url": f"{server.url}/token", "client_id": "me",
            "client_secret": {"file": str(tmp_path / "secret")},
        }  # fmt: skip
        writer = make(server.url, auth=auth)
        answer = send(writer)
        assert (find_only(answer), answer.is_down) == ("unapplied", True)
        assert find_only(send(writer)) == "confirmed"
        assert find_only(send(writer)) == "confirmed"
        assert [asked.path for asked in server.asked].count("/token") == 2


PATH_WRITE = {
    "class": "C",
    "set": {"path": "items/{item_id}/at/{location_id}", "query": {"n": "{quantity}"}},
    "read": {"path": "items/{item_id}", "quantity": "n"},
}


@pytest.mark.parametrize(
    ("item", "asked_for"),
    [
        ("a/b", "/items/a%2Fb/at/L1"),
        ("%2F", "/items/%252F/at/L1"),
        ("ü ?#", "/items/%C3%BC%20%3F%23/at/L1"),
        ("a\r\nHost: evil", "/items/a%0D%0AHost%3A%20evil/at/L1"),
    ],
)
def test_an_identifier_is_one_segment_of_a_path(item, asked_for):
    with asking(GOOD, write=PATH_WRITE) as (writer, server):
        assert find_only(send(writer, [build_line(item)])) == "confirmed"
        assert server.asked[0].path == asked_for
        assert server.asked[0].query == {"n": ["12"]}


@pytest.mark.parametrize("item", ["..", ".", "../../admin"])
def test_an_identifier_that_leads_elsewhere_is_refused_and_not_sent(item):
    with asking(GOOD, write=PATH_WRITE) as (writer, server):
        assert find_only(send(writer, [build_line(item)])) == "refused"
        with pytest.raises(SourceContractError):
            writer.read([build_line(item)])
        assert server.asked == []


@pytest.mark.parametrize(
    ("write", "message"),
    [
        ({"class": "A"}, "name set or add"),
        ({**REST_WRITE, "key_header": None}, "class A needs a key: give key_header"),
        (
            {**REST_WRITE, "set": {"path": "x", "body": ["{item_id}", "{quantity}"]}},
            "put {before} into set",
        ),
        ({**PATH_WRITE, "read": None}, "class C needs read"),
        ({**PATH_WRITE, "add": REST_WRITE["add"]}, "class C only sets"),
        ({**PATH_WRITE, "class": "D", "key_lifetime": "1h"}, "key_lifetime: class D has no key"),
        ({**PATH_WRITE, "set": {"path": "items/{item_id}"}}, "never says {quantity}"),
        ({**PATH_WRITE, "set": {"path": "x", "body": "{quantity}"}}, "never says {item_id}"),
        ({**PATH_WRITE, "set": {"path": "{itm_id}/{quantity}"}}, "nearest is {item_id}"),
        (
            {
                **PATH_WRITE,
                "set": {"path": "{item_id}/{quantity}", "body": {"t": {"secret": {"env": "T"}}}},
            },
            "holds no secret",
        ),
        ({**REST_WRITE, "stale": {}}, "a sign names a status or a path"),
        ({**REST_WRITE, "headers": {"Host": "x"}}, "Host is set by the connector"),
        ({**REST_WRITE, "read": {"path": "x", "quantity": "q", "where": {"a": "b"}}}, "name rows"),
    ],
)
def test_a_promise_that_is_not_kept_is_refused_with_the_cure(write, message):
    with pytest.raises(ValidationError) as caught:
        make("https://shop.example.com", write=write)
    assert message in str(caught.value)


def read(body, **back):
    back = {"path": "x", "quantity": "n", **back}
    with asking(body, write={**PATH_WRITE, "read": back}) as (writer, _):
        return writer.read([build_line()])["r1"]


@pytest.mark.parametrize(
    ("body", "number"),
    [(93, 93), ("51", 51), (93.0, 93), (-1, -1), (None, None)],
)
def test_a_number_is_read_back_however_it_is_written(body, number):
    assert read(answer_json({"n": body})) == number
    assert read(answer_json({})) is None


def test_a_number_is_picked_from_a_list():
    rows = {"levels": [{"node": {"at": "L2", "n": 1}}, {"node": {"at": "L1", "n": 2}}]}
    pick = {"rows": "levels[].node", "where": {"at": "{location_id}"}}
    assert read(answer_json(rows), **pick) == 2
    assert read(answer_json({"levels": []}), **pick) is None
    twice = {"levels": [rows["levels"][1]] * 2}
    for wrong in (answer_json(twice), answer_json({"levels": None})):
        with pytest.raises(SourceContractError):
            read(wrong, **pick)


@pytest.mark.parametrize(
    "reply",
    [HTML, answer_with(404), answer_with(401), answer_json({"n": 1.5}), answer_json({"n": {}})],
)
def test_what_is_no_number_is_an_error_and_not_nothing(reply):
    with pytest.raises(SourceError):
        read(reply)


def test_without_a_request_nothing_is_read_back():
    write = {"class": "D", "add": {"path": "x", "body": ["{item_id}", "{quantity}"]}}
    with pytest.raises(SourceRefusedError, match=r"write\.read is not configured"):
        make("https://shop.example.com", write=write).read([build_line()])


def test_a_system_without_a_write_block_only_reads():
    assert build_rest("https://shop.example.com", feeds=FEED).build_writer() is None
    assert build_graphql("https://shop.example.com", feeds=GRAPHQL_FEED).build_writer() is None


def refuse(code, index=None, message="no"):
    field = None if index is None else ["in", "lines", index, "n"]
    error = {"code": code, "message": message, "field": field}
    return answer_json({"data": {"change": {"userErrors": [error]}}})


def fail(code, data=None, **changes):
    error = {"message": "no", "extensions": {"code": code}}
    return answer_json({"errors": [error], "data": data}, **changes)


@pytest.mark.parametrize(
    ("reply", "outcomes"),
    [
        (answer_json({"data": {"change": {"userErrors": []}}}), ["confirmed"] * 3),
        (answer_json({"data": {"change": {"group": None, "userErrors": None}}}), ["confirmed"] * 3),
        (answer_json({"data": {"change": None}}), ["ambiguous"] * 3),
        (answer_json({"data": {"change": {}}}), ["ambiguous"] * 3),
        (answer_json({"data": None}), ["ambiguous"] * 3),
        (answer_json([]), ["ambiguous"] * 3),
        (HTML, ["ambiguous"] * 3),
        (refuse("STALE", "1"), ["unapplied", "stale", "unapplied"]),
        (refuse("GONE", 2), ["unapplied", "unapplied", "refused"]),
        (refuse("GONE", 7), ["unapplied"] * 3),
        (refuse("GONE"), ["unapplied"] * 3),
        (refuse("PREVIOUS_ATTEMPT_FAILED"), ["spent"] * 3),
        (refuse("CONCURRENT_REQUEST"), ["ambiguous"] * 3),
        (refuse("WHAT_IS_THIS", "1"), ["ambiguous"] * 3),
        (fail("THROTTLED"), ["unapplied"] * 3),
        (fail("THROTTLED", {"change": {"userErrors": []}}), ["ambiguous"] * 3),
        (fail("FORBIDDEN"), ["unapplied"] * 3),
        (fail("INTERNAL_SERVER_ERROR"), ["ambiguous"] * 3),
        (fail("GRAPHQL_VALIDATION_FAILED", status=400), ["unapplied"] * 3),
        (fail(None, status=400), ["unapplied"] * 3),
        (fail("THROTTLED", status=502), ["ambiguous"] * 3),
    ],
)
def test_a_no_with_status_200_is_understood(reply, outcomes):
    """F-59: a line that is named is alone to blame, the others are sent again."""
    with asking(reply, make_graphql) as (writer, server):
        answer = send(writer, MANY)
        assert [line.outcome for line in answer.lines.values()] == outcomes
        assert len(server.asked) == 1
        assert len(server.asked[0].json["variables"]["in"]["lines"]) == 3


def test_throttling_and_a_key_at_work_are_waited_for():
    for reply in (fail("THROTTLED"), refuse("CONCURRENT_REQUEST")):
        with asking(reply, make_graphql) as (writer, _):
            assert send(writer, MANY).wait == timedelta(seconds=30)


def test_one_line_that_is_refused_without_a_name_is_refused():
    for reply in (refuse("GONE"), fail("BAD_USER_INPUT")):
        with asking(
            reply, make_graphql, write={**GRAPHQL_WRITE, "refused": ["GONE", "BAD_USER_INPUT"]}
        ) as (writer, _):
            assert find_only(send(writer)) == "refused"


UNION = {
    "class": "D",
    "add": {
        "document": "mutation($i: ID!, $n: Int!) { update(i: $i, n: $n) { __typename } }",
        "variables": {"i": "{item_id}", "n": "{quantity}"},
        "applied": {"path": "data.update.__typename", "equals": "StockLevel"},
        "code_at": "data.update.errorCode",
    },
    "stale": ["STALE"],
    "refused": ["NoSuchItem", "TOO_LOW"],
}


@pytest.mark.parametrize(
    ("update", "outcome"),
    [
        ({"__typename": "StockLevel"}, "confirmed"),
        ({"__typename": "NoSuchItem"}, "refused"),
        ({"__typename": "StockError", "errorCode": "STALE"}, "stale"),
        ({"__typename": "StockError", "errorCode": "TOO_LOW"}, "refused"),
        ({"__typename": "Other"}, "ambiguous"),
        ({}, "ambiguous"),
    ],
)
def test_a_union_says_by_its_type_what_became_of_it(update, outcome):
    with asking(answer_json({"data": {"update": update}}), make_graphql, write=UNION) as (
        writer,
        _,
    ):
        assert writer.max_lines == 1
        assert find_only(send(writer, [build_line(operation="add")])) == outcome


def test_a_line_that_was_done_before_says_nothing_of_the_others():
    write = {**GRAPHQL_WRITE, "done_before": ["SEEN"]}
    with asking(refuse("SEEN", "1"), make_graphql, write=write) as (writer, _):
        outcomes = [line.outcome for line in send(writer, MANY).lines.values()]
        assert outcomes == ["unapplied", "confirmed", "unapplied"]
    with asking(refuse("SEEN"), make_graphql, write=write) as (writer, _):
        outcomes = {line.outcome for line in send(writer, MANY).lines.values()}
        assert outcomes == {"confirmed"}


def test_every_other_code_may_be_called_a_refusal():
    write = {**GRAPHQL_WRITE, "refused": ["*"]}
    with asking(refuse("WHAT_IS_THIS", "0"), make_graphql, write=write) as (writer, _):
        assert send(writer, MANY).lines["r1"].outcome == "refused"


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"document": "query { x }"}, "wanted a mutation"),
        ({"variables": {"key": "{key}"}}, "never say {item_id}"),
        ({"lines": {"path": "in.other"}}, "no list with one element"),
        ({"user_errors": None}, "name user_errors"),
        (
            {"variables": {**GRAPHQL_WRITE["set"]["variables"], "ref": "{reference}"}},
            "{reference} stands outside in.lines",
        ),
    ],
)
def test_a_mutation_that_cannot_be_sent_is_refused_with_the_cure(action, message):
    write = {**GRAPHQL_WRITE, "set": {**GRAPHQL_WRITE["set"], **action}}
    with pytest.raises(ValidationError) as caught:
        make_graphql("https://shop.example.com", write=write)
    assert message in str(caught.value)


def test_the_stored_request_is_text_a_person_can_read():
    stored = make("https://shop.example.com").encode([build_line()], "k1")
    head, _, body = stored.partition(b"\n\n")
    assert head == b"PUT stock/set\nIdempotency-Key: k1"
    assert json.loads(body) == {"item": "A1", "to": 12, "if": 10, "ref": "urn:receipt:r1"}


BATCH = {
    "class": "C",
    "set": {
        "path": "stock/all",
        "body": {
            "why": "request {key}",
            "items": [{"sku": "{item_id}", "at": "{location_number}", "to": "{quantity}"}],
        },
        "lines": {"path": "items", "max": 3},
    },
    "read": {
        "path": "places/{location_id}/stock",
        "query": {"sku:in": "{item_ids}"},
        "many": 2,
        "rows": "data[]",
        "where": {"sku": "{item_id}"},
        "quantity": "pieces",
    },
}


def test_many_lines_go_in_one_request_and_share_its_answer():
    lines = [build_line(), build_line("A2", receipt_id="r2", location_id="7")]
    with asking(GOOD, write=BATCH) as (writer, server):
        assert writer.max_lines == 3
        answer = send(writer, lines)
        assert [line.outcome for line in answer.lines.values()] == ["confirmed"] * 2
        assert server.asked[0].json == {
            "why": "request k1",
            "items": [{"sku": "A1", "at": "L1", "to": 12}, {"sku": "A2", "at": 7, "to": 12}],
        }


@pytest.mark.parametrize("signs", [{}, {"refused": {"path": "code", "equals": "GONE"}}])
def test_one_bad_line_of_many_sends_them_apart(signs):
    no = answer_json({"code": "GONE"}, status=200 if signs else 422)
    with asking(no, write={**BATCH, **signs}) as (writer, _):
        answer = send(writer, MANY)
        assert [line.outcome for line in answer.lines.values()] == ["unapplied"] * 3
        assert "send them apart" in answer.lines["r1"].evidence
        assert find_only(send(writer, MANY[:1])) == "refused"


def test_many_numbers_are_read_by_place_and_some_at_a_time():
    def plan(asked):
        place, skus = asked.path.split("/")[2], asked.first("sku:in").split(",")
        data = [{"sku": sku, "pieces": f"{place}{sku[1]}"} for sku in skus if sku != "A9"]
        return answer_json({"data": data})

    lines = [
        build_line(f"A{number}", receipt_id=f"r{number}", location_id=place)
        for number, place in ((1, "1"), (2, "1"), (3, "1"), (4, "2"), (9, "2"))
    ]
    with asking(plan, write=BATCH) as (writer, server):
        assert writer.read(lines) == {"r1": 11, "r2": 12, "r3": 13, "r4": 24, "r9": None}
        assert [(asked.path, asked.first("sku:in")) for asked in server.asked] == [
            ("/places/1/stock", "A1,A2"),
            ("/places/1/stock", "A3"),
            ("/places/2/stock", "A4,A9"),
        ]


def test_numbers_may_be_asked_for_in_a_body():
    read = {
        **{name: BATCH["read"][name] for name in ("many", "rows", "where", "quantity")},
        "path": "find",
        "method": "POST",
        "body": {"skus": "{item_ids}", "places": "{location_ids}"},
    }
    answer = answer_json({"data": [{"sku": "A1", "pieces": 4}, {"sku": "A2", "pieces": 5}]})
    with asking(answer, write={**BATCH, "read": read}) as (writer, server):
        assert writer.read(MANY[:2]) == {"r1": 4, "r2": 5}
        assert server.asked[0].json == {"skus": ["A1", "A2"], "places": ["L1"]}


@pytest.mark.parametrize(
    ("told", "outcome"), [({"to": 12}, "confirmed"), ({"to": 10}, "ambiguous"), ({}, "ambiguous")]
)
def test_an_answer_must_name_the_number_that_was_asked_for(told, outcome):
    write = {**REST_WRITE, "applied": {"path": "to", "equals": "{quantity}"}}
    with asking(answer_json(told), write=write) as (writer, _):
        assert find_only(send(writer)) == outcome
    action = {**UNION["add"], "applied": {"path": "data.update.n", "equals": "{quantity}"}}
    graphql = {**UNION, "add": action}
    with asking(answer_json({"data": {"update": {"n": told.get("to")}}}), make_graphql,
                write=graphql) as (writer, _):  # fmt: skip
        assert find_only(send(writer, [build_line(operation="add")])) == outcome


def test_a_fact_the_receiver_has_no_number_of_is_not_sent():
    with asking(GOOD, write={**BATCH, "facts": ["on_hand"]}) as (writer, server):
        answer = send(writer, [build_line(fact="available")])
        assert find_only(answer) == "refused"
        assert "available is no number of its own there; it takes on_hand" in (
            answer.lines["r1"].evidence
        )
        assert server.asked == []
        assert find_only(send(writer)) == "confirmed"


def test_a_failure_that_is_a_list_is_seen_where_nothing_else_is_said():
    write = {**REST_WRITE, "failed": {"path": "errors"}}
    with asking(answer_json({"errors": [{"code": "X"}]}), write=write) as (writer, _):
        assert find_only(send(writer)) == "ambiguous"
    with asking(answer_json({"errors": []}), write=write) as (writer, _):
        assert find_only(send(writer)) == "confirmed"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"set": {**BATCH["set"], "path": "stock/{item_id}"}}, "path and query are the same"),
        ({"set": {**BATCH["set"], "lines": {"path": "other"}}}, "no list with one element"),
        ({"applied": {"path": "to", "equals": "{quantity}"}}, "one answer cannot say"),
        ({"read": {"path": "x", "many": 9, "quantity": "n"}}, "needs rows and where"),
        ({"read": {"path": "x", "query": {"s": "{item_ids}"}, "quantity": "n"}}, "no placeholder"),
    ],
)
def test_many_lines_that_cannot_be_told_apart_are_refused_with_the_cure(change, message):
    with pytest.raises(ValidationError, match=message):
        make("https://shop.example.com", write={**BATCH, **change})


def test_an_answer_that_leaves_its_rows_out_shows_no_number():
    back = {**BATCH["read"], "empty_has": ["meta"]}
    with asking(answer_json({"meta": {}}), write={**BATCH, "read": back}) as (writer, _):
        assert writer.read(MANY[:1]) == {"r1": None}
    with (
        asking(answer_json({"meta": {}}), write=BATCH) as (writer, _),
        pytest.raises(SourceContractError, match="data is no list"),
    ):
        writer.read(MANY[:1])
