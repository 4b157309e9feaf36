"""The graphql connector against a real server, where "no" often comes with status 200."""

import pytest

from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.http_sources import (
    Clockwork,
    build_counts,
    build_graphql,
    serving,
)
from inventory_pipeline_tests.support.stand_in import (
    Asked,
    Reply,
    StandIn,
    Toxic,
    answer_json,
    in_turn,
)

CANARY = "c4n4ry-s3cr3t"
DOCUMENT = """\
query Levels($skip: Int, $take: Int) {
  productVariants(options: {skip: $skip, take: $take, sort: {id: ASC}}) {
    totalItems
    items { id sku stockLevels { stockLocationId stockOnHand stockAllocated updatedAt } }
  }
}"""
VENDURE = {
    "query": DOCUMENT,
    "variables": {"skip": "{offset}", "take": "{limit}"},
    "paging": {"kind": "offset", "size": 100},
    "total": "data.productVariants.totalItems",
    "rows": "data.productVariants.items[].stockLevels[]",
    "columns": {
        "item_id": "$.data.productVariants.items[].sku",
        "location_id": "stockLocationId",
        "as_of": "updatedAt",
    },
    "facts": {"on_hand": "stockOnHand", "committed": "stockAllocated"},
}


def serve_variants(asked: Asked, total: int = 250) -> dict[str, object]:
    variables = asked.json["variables"]
    start, end = variables["skip"], min(total, variables["skip"] + variables["take"])
    items = [
        {
            "id": str(n),
            "sku": f"SKU-{n:03d}",
            "stockLevels": [
                {"stockLocationId": str(place), "stockOnHand": n, "stockAllocated": place,
                 "updatedAt": "2026-04-06T09:30:00.000Z"}
                for place in (1, 2)
            ],
        }
        for n in range(start, end)
    ]  # fmt: skip
    return {"data": {"productVariants": {"totalItems": total, "items": items}}}


def build(url: str, feed: dict[str, object] | None = None, **options):
    return build_graphql(url, feeds={"counts": feed or VENDURE}, **options)


def fail(code: str | None = None, message: str = "no", **changes) -> Reply:
    extensions = {"extensions": {"code": code}} if code else {}
    return answer_json({"errors": [{"message": message, **extensions}], "data": None}, **changes)


def test_vendure_is_read_by_configuration_alone(tmp_path):
    with StandIn(lambda asked: answer_json(serve_variants(asked))) as server:
        connector = build(f"{server.url}/admin-api")
        fetched, pages = land(connector, "counts", tmp_path)
    frame = connector.parse("counts", pages).rows
    assert fetched.is_complete
    assert fetched.end_marker == "all 250 declared rows came"
    assert fetched.declared_keys is None  # it counts variants, a row is a level
    assert frame.height == 250 * 2 * 2
    assert frame.row(2) == (2, "SKU-000", "2", "on_hand", "0", "2026-04-06T09:30:00.000Z")
    assert [asked.json["variables"]["skip"] for asked in server.asked] == [0, 100, 200]
    assert server.asked[0].json["query"] == DOCUMENT
    assert server.asked[0].path == "/admin-api"


def test_a_document_is_sent_as_it_stands_even_with_braces_like_placeholders(tmp_path):
    document = "{productVariants{items{sku}offset{offset}}}"
    with StandIn(lambda asked: answer_json(serve_variants(asked))) as server:
        land(build(server.url, {**VENDURE, "query": document}), "counts", tmp_path)
    assert server.asked[0].json["query"] == document


def test_a_login_document_hands_out_the_token_in_a_header(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", CANARY)
    known: set[str] = set()

    def plan(asked: Asked) -> Reply:
        if "login" in asked.json["query"]:
            assert asked.json["variables"] == {"password": CANARY}
            known.clear()
            known.add(f"Bearer t{len(server.asked)}")
            token = {"vendure-auth-token": f"t{len(server.asked)}"}
            return answer_json({"data": {"login": {"id": 1}}}, headers=token)
        if asked.headers.get("authorization") not in known:
            return fail("FORBIDDEN", "You are not currently authorized")
        return answer_json(serve_variants(asked))

    auth = {
        "kind": "login",
        "request": {
            "method": "POST",
            "body": {
                "query": "mutation($password: String!) {{ login(password: $password) {{ id }} }}",
                "variables": {"password": {"secret": {"env": "SHOP_PASSWORD"}}},
            },
        },
        "token_header": "vendure-auth-token",
    }
    with StandIn(plan) as server:
        connector = build(server.url, auth=auth)
        assert land(connector, "counts", tmp_path)[0].is_complete
        known.clear()
        assert land(connector, "counts", tmp_path)[0].is_complete
        known.clear()
        server.plan = lambda asked: (
            fail("FORBIDDEN") if "login" not in asked.json["query"] else plan(asked)
        )
        with pytest.raises(SourceRefusedError, match="FORBIDDEN"):
            land(connector, "counts", tmp_path)


def test_an_error_with_status_200_is_a_failure_that_quotes_the_reason(tmp_path):
    message = "Cannot take more than 1000 results from a list query"
    with (
        StandIn(lambda _: fail("USER_INPUT_ERROR", message)) as server,
        pytest.raises(SourceContractError, match=f"USER_INPUT_ERROR '{message}'"),
    ):
        land(build(server.url), "counts", tmp_path)
    assert len(server.asked) == 1


def test_a_document_that_does_not_validate_says_why(tmp_path):
    message = "Cannot query field 'nope' on type 'Shop'."
    with (
        StandIn(lambda _: fail(None, message, status=400)) as server,
        pytest.raises(SourceContractError, match="Cannot query field"),
    ):
        land(build(server.url), "counts", tmp_path)


def test_data_beside_an_error_is_not_taken(tmp_path):
    def plan(asked: Asked) -> Reply:
        return answer_json({**serve_variants(asked), "errors": [{"message": "half of it failed"}]})

    with StandIn(plan) as server, pytest.raises(SourceContractError, match="half of it failed"):
        land(build(server.url), "counts", tmp_path)


def test_throttling_with_status_200_is_waited_for(tmp_path):
    clock = Clockwork()
    throttled = fail("THROTTLED", headers={"Retry-After": "3"})
    replies = [throttled, throttled]

    def plan(asked: Asked) -> Reply:
        return replies.pop() if replies else answer_json(serve_variants(asked))

    with StandIn(plan) as server:
        connector = build(server.url, world=clock.build_world())
        assert land(connector, "counts", tmp_path)[0].is_complete
    assert clock.slept == [3.0, 3.0]


def test_throttling_without_end_is_unavailable_and_not_wrong(tmp_path):
    with StandIn(lambda _: fail("THROTTLED")) as server, pytest.raises(SourceUnavailableError):
        land(build(server.url, retries=2), "counts", tmp_path)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("failure", "answer"),
    [
        ({"path": "data.x.__typename", "is_in": ["Denied"]}, {"x": {"__typename": "Denied"}}),
        ({"path": "data.x.errorCode"}, {"x": {"errorCode": "NOT_NOW"}}),
        ({"path": "data.x.userErrors"}, {"x": {"userErrors": [{"message": "no"}]}}),
        ({"path": "data.x.state", "not_in": ["DONE"]}, {"x": {"state": "RUNNING"}}),
        ({"path": "data.x.state", "not_in": ["DONE"]}, {"x": {}}),
    ],
)
def test_a_business_error_is_found_where_the_configuration_says(tmp_path, failure, answer):
    feed = {**VENDURE, "fails_when": [failure]}
    good = {"x": {"__typename": "Fine", "errorCode": None, "userErrors": [], "state": "DONE"}}

    def plan(extra):
        return lambda asked: answer_json({"data": {**serve_variants(asked)["data"], **extra}})

    with StandIn(plan(good)) as server:
        assert land(build(server.url, feed), "counts", tmp_path)[0].is_complete
    with StandIn(plan(answer)) as server, pytest.raises(SourceContractError, match=r"data\.x"):
        land(build(server.url, feed), "counts", tmp_path)


@pytest.mark.parametrize("answer", [{"data": None}, {}, [], {"productVariants": {}}, {"data": {}}])
def test_an_answer_without_data_is_no_empty_shop(tmp_path, answer):
    with StandIn(lambda _: answer_json(answer)) as server, pytest.raises(SourceContractError):
        land(build(server.url), "counts", tmp_path)


def test_an_error_text_is_quoted_short_printable_and_without_our_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_TOKEN", CANARY)
    auth = {"kind": "bearer", "token": {"env": "SHOP_TOKEN"}}
    message = f"bad token {CANARY}\nForged: log line\x1b[31m" + "x" * 5000
    with (
        StandIn(lambda _: fail(message=message)) as server,
        pytest.raises(SourceContractError) as caught,
    ):
        land(build(server.url, auth=auth), "counts", tmp_path)
    said = str(caught.value)
    assert "bad token ***" in said
    assert CANARY not in said
    assert said.isprintable()
    assert len(said) < 500


def test_cursors_lead_on_and_a_circle_is_noticed(tmp_path):
    def page(number: int, cursor: str) -> Reply:
        node = {"sku": f"S{number}", "loc": "L1", "q": 1, "at": "2026-04-06T10:00:00Z"}
        info = {"hasNextPage": True, "endCursor": cursor}
        return answer_json({"data": {"levels": {"edges": [{"node": node}], "pageInfo": info}}})

    feed = {
        "query": "query($after: String) { levels(after: $after) { edges { node { sku } } } }",
        "variables": {"after": "{cursor}"},
        "paging": {
            "kind": "cursor",
            "next": "data.levels.pageInfo.endCursor",
            "has_more": "data.levels.pageInfo.hasNextPage",
        },
        "rows": "data.levels.edges[].node",
        "columns": {
            "item_id": "sku",
            "location_id": "loc",
            "as_of": "at",
            "fact": {"constant": "on_hand"},
            "quantity": "q",
        },
    }
    with StandIn(in_turn(page(1, "a"), page(2, "b"), page(3, "a"), page(4, "c"))) as server:
        fetched, pages = land(build(server.url, feed), "counts", tmp_path)
    assert [asked.json["variables"]["after"] for asked in server.asked] == [None, "a", "b"]
    assert (fetched.is_complete, fetched.is_suspect, len(pages)) == (False, True, 3)
    assert "circle" in fetched.end_marker


def test_a_reset_in_the_middle_of_a_page_keeps_no_half_of_it(tmp_path):
    broken = [Toxic(reset_after=500), Toxic(limit_bytes=700)]

    def plan(asked: Asked) -> Reply:
        toxic = broken.pop() if broken and asked.json["variables"]["skip"] == 100 else Toxic()
        return answer_json(serve_variants(asked), toxic=toxic)

    with StandIn(plan) as server:
        connector = build(server.url)
        fetched, pages = land(connector, "counts", tmp_path)
    assert fetched.is_complete
    assert connector.parse("counts", pages).rows.height == 1000
    assert len(server.asked) == 5


def test_a_code_may_stand_in_the_error_itself(tmp_path):
    busy = answer_json({"data": None, "errors": [{"message": "no credits", "code": 30}]})
    gone = answer_json({"data": None, "errors": [{"message": "no scope", "code": 7}]})
    options = {"code_at": "code", "retry_codes": ["30"], "denied_codes": ["7"]}
    with serving("graphql", build_counts(1), spoil=lambda *_: busy, **options) as served:
        with pytest.raises(SourceUnavailableError, match="errors: 30 'no credits'"):
            land(served.connector, "counts", tmp_path)
        assert len(served.server.asked) > 1
    with (
        serving("graphql", build_counts(1), spoil=lambda *_: gone, **options) as served,
        pytest.raises(SourceRefusedError, match="errors: 7 'no scope'"),
    ):
        land(served.connector, "counts", tmp_path)
