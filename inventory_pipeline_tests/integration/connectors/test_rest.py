"""The rest connector against a real server: who we are, how we page, what we keep to ourselves."""

import base64
import gzip
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inventory_pipeline.errors import SourceContractError, SourceRefusedError
from inventory_pipeline.model.ports import FetchContext
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, HOUR_AT, land
from inventory_pipeline_tests.support.http_sources import Clockwork, build_rest
from inventory_pipeline_tests.support.stand_in import (
    Asked,
    Reply,
    StandIn,
    answer_json,
    in_turn,
)

COLUMNS = {"item_id": "sku", "location_id": "loc", "fact": "f", "quantity": "q", "as_of": "at"}
CANARY = "c4n4ry-s3cr3t"


def rows(count: int, start: int = 0) -> list[dict[str, object]]:
    return [
        {"sku": f"S{n}", "loc": "L1", "f": "on_hand", "q": n, "at": "2026-04-06T10:00:00Z"}
        for n in range(start, start + count)
    ]


def read(connector, folder, feed="counts"):
    """Fetch and parse; return what the fetch knows and the item ids."""
    fetched, pages = land(connector, feed, folder)
    return fetched, connector.parse(feed, pages).rows["item_id"].to_list()


def feed(**options):
    return {"counts": {"columns": COLUMNS, **options}}


@pytest.fixture
def secrets(monkeypatch):
    monkeypatch.setenv("ERP_TOKEN", CANARY)
    monkeypatch.setenv("ERP_USER", "reader")


# Who we are


@pytest.mark.parametrize(
    ("auth", "name", "value"),
    [
        (
            {"kind": "header", "name": "X-Api-Key", "value": {"env": "ERP_TOKEN"}},
            "x-api-key",
            CANARY,
        ),
        (
            {"kind": "header", "name": "Authorization", "prefix": "Session ",
             "value": {"env": "ERP_TOKEN"}},
            "authorization",
            f"Session {CANARY}",
        ),
        ({"kind": "bearer", "token": {"env": "ERP_TOKEN"}}, "authorization", f"Bearer {CANARY}"),
        (
            {"kind": "basic", "username": {"env": "ERP_USER"}, "password": {"env": "ERP_TOKEN"}},
            "authorization",
            "Basic " + base64.b64encode(f"reader:{CANARY}".encode()).decode(),
        ),
    ],
)  # fmt: skip
def test_a_fixed_badge_is_shown_with_every_question(secrets, tmp_path, auth, name, value):
    with StandIn(lambda _: answer_json(rows(3))) as server:
        read(build_rest(server.url, feeds=feed(), auth=auth), tmp_path)
    assert [asked.headers[name] for asked in server.asked] == [value]


class TokenServer:
    """Hands out tokens and answers rows to the newest one only."""

    def __init__(self, *, lasts: int | None = 3600) -> None:
        self.handed_out = 0
        self.lasts = lasts
        self.revoked = False

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/token":
            self.handed_out += 1
            self.revoked = False
            answer = {"access_token": f"{CANARY}-{self.handed_out}", "expires_in": self.lasts}
            return answer_json(answer, headers={"X-Token": f"{CANARY}-{self.handed_out}"})
        shown = asked.headers.get("authorization")
        if self.revoked or shown != f"Bearer {CANARY}-{self.handed_out}":
            return answer_json({"error": "who are you?"}, status=401)
        return answer_json(rows(2))


OAUTH = {"kind": "oauth", "client_id": "us", "client_secret": {"env": "ERP_TOKEN"}, "scope": "read"}


def test_oauth_asks_once_for_a_token_and_again_before_it_ends(secrets, tmp_path):
    clock = Clockwork()
    with StandIn(TokenServer(lasts=600)) as server:
        auth = {**OAUTH, "token_url": f"{server.url}/token"}
        connector = build_rest(server.url, feeds=feed(), auth=auth, world=clock.build_world())
        for _ in range(3):
            read(connector, tmp_path)
        assert server.plan.handed_out == 1
        clock.sleep(575)
        read(connector, tmp_path)
    assert server.plan.handed_out == 2
    assert server.asked[0].body.decode().split("&") == [
        "grant_type=client_credentials", "scope=read", "client_id=us", f"client_secret={CANARY}",
    ]  # fmt: skip


def test_oauth_can_say_its_name_in_a_header(secrets, tmp_path):
    with StandIn(TokenServer()) as server:
        auth = {**OAUTH, "token_url": f"{server.url}/token", "send_as": "basic"}
        read(build_rest(server.url, feeds=feed(), auth=auth), tmp_path)
    assert server.asked[0].headers["authorization"].startswith("Basic ")
    assert CANARY not in server.asked[0].body.decode()


def test_a_revoked_token_is_renewed_once_and_then_the_no_is_taken(secrets, tmp_path):
    with StandIn(TokenServer()) as server:
        auth = {**OAUTH, "token_url": f"{server.url}/token"}
        connector = build_rest(server.url, feeds=feed(), auth=auth)
        read(connector, tmp_path)
        server.plan.revoked = True
        read(connector, tmp_path)
        assert server.plan.handed_out == 2
        server.plan.lasts = None
        server.plan.__class__ = type("Closed", (TokenServer,), {"__call__": _refuse_rows})
        with pytest.raises(SourceRefusedError, match="HTTP 401"):
            read(connector, tmp_path)
    assert len(server.asked) <= 9


def test_a_source_may_say_with_another_status_that_a_token_has_ended(secrets, tmp_path):
    with StandIn(TokenServer()) as server:
        auth = {**OAUTH, "token_url": f"{server.url}/token"}
        plain, other = (
            build_rest(server.url, feeds=feed(), auth={**auth, **more})
            for more in ({}, {"ended": [401, 403]})
        )
        given = server.plan

        def deny_first(asked: Asked) -> Reply:
            is_first = asked.headers.get("authorization") == f"Bearer {CANARY}-1"
            return answer_json({}, status=403) if is_first else given(asked)

        server.plan = deny_first
        with pytest.raises(SourceRefusedError, match="HTTP 403: not allowed"):
            read(plain, tmp_path)
        given.handed_out = 0
        assert read(other, tmp_path)[0].is_complete
    assert given.handed_out == 2


def _refuse_rows(plan: TokenServer, asked: Asked) -> Reply:
    if asked.path == "/token":
        return TokenServer.__call__(plan, asked)
    return answer_json({}, status=401)


@pytest.mark.parametrize(
    "place", [{"token_path": "access_token"}, {"token_header": "X-Token"}], ids=["body", "header"]
)
def test_a_login_yields_the_token_in_the_answer_or_its_header(secrets, tmp_path, place):
    request = {
        "path": "token",
        "method": "POST",
        "body": {"user": "reader", "password": {"secret": {"env": "ERP_TOKEN"}}},
    }
    with StandIn(TokenServer()) as server:
        auth = {"kind": "login", "request": request, **place}
        fetched, _ = read(build_rest(server.url, feeds=feed(), auth=auth), tmp_path)
    assert fetched.is_complete
    assert server.asked[0].json == {"user": "reader", "password": CANARY}


def test_a_login_that_hands_out_nothing_is_a_refusal(secrets, tmp_path):
    auth = {"kind": "login", "request": {"path": "token"}, "token_path": "access_token"}
    with (
        StandIn(lambda _: answer_json({"message": "no"})) as server,
        pytest.raises(SourceRefusedError, match="no token at access_token"),
    ):
        read(build_rest(server.url, feeds=feed(), auth=auth), tmp_path)
    assert len(server.asked) == 1


def test_a_secret_that_is_not_there_fails_this_source_alone(tmp_path):
    auth = {"kind": "bearer", "token": {"env": "NOT_SET_ANYWHERE"}}
    with (
        StandIn(lambda _: answer_json(rows(1))) as server,
        pytest.raises(SourceRefusedError, match="NOT_SET_ANYWHERE is not set"),
    ):
        read(build_rest(server.url, feeds=feed(), auth=auth), tmp_path)
    assert server.asked == []


def test_a_secret_with_a_line_break_is_refused_without_being_shown(tmp_path):
    (tmp_path / "token").write_text(f"{CANARY}\nX-Evil: 1", encoding="utf-8")
    auth = {"kind": "bearer", "token": {"file": "token"}}
    with (
        StandIn(lambda _: answer_json(rows(1))) as server,
        pytest.raises(SourceRefusedError, match="line break") as caught,
    ):
        read(build_rest(server.url, feeds=feed(), auth=auth, root=tmp_path), tmp_path)
    assert CANARY not in str(caught.value)
    assert server.asked == []


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 500, 302])
def test_no_message_log_or_repr_holds_a_secret_query_or_payload(secrets, tmp_path, caplog, status):
    def echo(asked: Asked) -> Reply:
        said = {"you": dict(asked.headers), "customer": "Ada Example"}
        headers = {"Location": f"https://elsewhere.example/?t={CANARY}", "X-Echo": CANARY}
        return answer_json(said, status=status, headers=headers)

    options = {
        "auth": {"kind": "bearer", "token": {"env": "ERP_TOKEN"}},
        "headers": {"X-Key": {"env": "ERP_TOKEN"}},
        "feeds": feed(query={"api_key": {"env": "ERP_TOKEN"}}),
    }
    with caplog.at_level(logging.DEBUG), StandIn(echo) as server:
        connector = build_rest(server.url, **options)
        with pytest.raises(Exception, match=r".+") as caught:
            read(connector, tmp_path)
    assert server.asked[0].first("api_key") == CANARY
    said = f"{caught.value!r} {caught.value.__cause__!r} {caplog.text} {connector!r}"
    assert CANARY not in said
    assert "Ada" not in said
    assert "api_key" not in said


# From page to page


def serve_slice(asked: Asked, total: int, start: int, size: int) -> dict[str, object]:
    return {"items": rows(max(0, min(size, total - start)), start), "total": total}


PLANS = {
    "page": (
        {"kind": "page", "size": 100},
        {"query": {"page": "{page}"}},
        lambda a: answer_json(serve_slice(a, 250, (int(a.first("page")) - 1) * 100, 100)),
    ),
    "offset": (
        {"kind": "offset", "size": 100},
        {"query": {"from": "{offset}", "n": "{limit}"}},
        lambda a: answer_json(serve_slice(a, 250, int(a.first("from")), int(a.first("n")))),
    ),
    "offset, server caps the page at 60": (
        {"kind": "offset", "size": 100},
        {"query": {"from": "{offset}", "n": "{limit}"}},
        lambda a: answer_json(serve_slice(a, 250, int(a.first("from")), 60)),
    ),
    "offset in a body": (
        {"kind": "offset", "size": 100},
        {"method": "POST", "body": {"range": {"from": "{offset}", "n": "{limit}"}}},
        lambda a: answer_json(
            serve_slice(a, 250, a.json["range"]["from"], a.json["range"]["n"])
        ),
    ),
    "cursor": (
        {"kind": "cursor", "next": "next"},
        {"query": {"after": "{cursor}"}},
        lambda a: answer_json(
            serve_slice(a, 250, int(a.first("after", "0")), 100)
            | ({"next": int(a.first("after", "0")) + 100} if a.first("after", "0") != "200" else {})
        ),
    ),
    "link header": (
        {"kind": "link"},
        {},
        lambda a: answer_json(
            serve_slice(a, 250, int(a.first("p", "0")) * 100, 100),
            headers={"Link": f'<?p={int(a.first("p", "0")) + 1}>; rel="next"'}
            if a.first("p", "0") != "2"
            else {},
        ),
    ),
    "next url": (
        {"kind": "next_url", "path": r"@odata\.nextLink"},
        {},
        lambda a: answer_json(
            serve_slice(a, 250, int(a.first("$skip", "0")), 100)
            | ({"@odata.nextLink": f"/levels?$skip={int(a.first('$skip', '0')) + 100}"}
               if a.first("$skip", "0") != "200" else {})
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANS)
def test_every_way_of_paging_brings_every_row_once(tmp_path, name):
    paging, call, plan = PLANS[name]
    with StandIn(plan) as server:
        feeds = feed(path="levels", rows="items[]", paging=paging, **call)
        fetched, items = read(build_rest(server.url, feeds=feeds), tmp_path)
        feeds["counts"]["total"] = "total"
        declared, again = read(build_rest(server.url, feeds=feeds), tmp_path)
    assert items == again == [f"S{n}" for n in range(250)]
    assert fetched.is_complete
    assert declared.is_complete
    assert (fetched.declared_keys, declared.declared_keys) == (None, 250)
    assert server.connections == 2


@pytest.mark.parametrize("is_inclusive", [True, False], ids=["as RFC 9110", "as Tryton 8"])
@pytest.mark.parametrize("total", [0, 1, 99, 100, 199, 200, 250])
def test_ranges_work_whether_their_end_is_meant_or_not(tmp_path, is_inclusive, total):
    def plan(asked: Asked) -> Reply:
        first, last = map(int, asked.headers["range"].removeprefix("records=").split("-"))
        size = last - first + is_inclusive
        page = rows(max(0, min(size, total - first)), first)
        if not page and first:
            return Reply(b"<html>", status=416, headers={"Content-Type": "text/html"})
        declared = "*" if len(page) == size and total > 220 else total
        last_row = first + len(page) - is_inclusive
        return answer_json(
            page, headers={"Content-Range": f"records {first}-{last_row}/{declared}"}
        )

    with StandIn(plan) as server:
        feeds = feed(paging={"kind": "range", "size": 100})
        fetched, items = read(build_rest(server.url, feeds=feeds), tmp_path)
    assert items == [f"S{n}" for n in range(total)]
    assert fetched.is_complete


def test_a_cursor_is_foreign_text_wherever_it_goes(tmp_path):
    hostile = "/admin?x=1&y=é /<script>\r\nX-Evil: 1"
    plan = in_turn(
        answer_json({"items": rows(1), "next": hostile}), answer_json({"items": rows(1, 1)})
    )
    with StandIn(plan) as server:
        paging = {"kind": "cursor", "next": "next"}
        feeds = feed(path="p/{cursor}", query={"c": "{cursor}"}, rows="items[]", paging=paging)
        _, items = read(build_rest(f"{server.url}/api", feeds=feeds), tmp_path)
    assert items == ["S0", "S1"]
    assert server.asked[1].first("c") == hostile
    assert server.asked[1].path.startswith("/api/p/%2Fadmin%3Fx")
    assert "x-evil" not in server.asked[1].headers


@pytest.mark.parametrize(("times", "is_complete"), [(1, True), (9, False)])
def test_a_cursor_that_ended_begins_everything_anew_once(tmp_path, times, is_complete):
    left = [times]

    def plan(asked: Asked) -> Reply:
        if asked.first("after") and left[0]:
            left[0] -= 1
            return answer_json({"message": "the cursor has ended"}, status=410)
        more = {} if asked.first("after") else {"next": "a"}
        return answer_json({"items": rows(2, 2 if asked.first("after") else 0), **more})

    with StandIn(plan) as server:
        paging = {"kind": "cursor", "next": "next", "expired": [410]}
        feeds = feed(rows="items[]", query={"after": "{cursor}"}, paging=paging)
        fetched, items = read(build_rest(server.url, feeds=feeds), tmp_path)
    assert (len(server.asked), len(items)) == (4, 4 if is_complete else 2)
    assert (fetched.is_complete, fetched.is_suspect) == (is_complete, False)
    if not is_complete:
        assert fetched.end_marker == "the cursor of page 2 had ended (HTTP 410)"


def test_a_cursor_that_climbs_out_of_its_path_is_refused(tmp_path):
    plan = in_turn(answer_json({"items": rows(1), "next": "../../admin"}))
    feeds = feed(path="p/{cursor}", rows="items[]", paging={"kind": "cursor", "next": "next"})
    with StandIn(plan) as server, pytest.raises(SourceContractError, match="no path"):
        read(build_rest(f"{server.url}/api", feeds=feeds), tmp_path)
    assert [asked.path for asked in server.asked] == ["/api/p"]


# As Tryton 8 speaks


def test_tryton_8_is_read_by_configuration_alone(tmp_path, secrets):
    def plan(asked: Asked) -> Reply:
        context = json.loads(base64.urlsafe_b64decode(asked.headers["x-tryton-context"]))
        domain = json.loads(base64.urlsafe_b64decode(asked.first("d")))
        assert context == {"company": 1, "locations": [3], "stock_date_end": {"year": 2026}}
        assert domain == [["code", "like", "SKU-%"]]
        assert asked.query["f"] == ["product.code", "quantity", "write_date"]
        assert asked.headers["accept-encoding"] == "gzip"
        product = {"id": 1, "__name__": "product.product", "code": "SKU-001"}
        date = {"__class__": "datetime", "year": 2026, "month": 4, "day": 6, "hour": 9,
                "minute": 5, "second": 0, "microsecond": 0}  # fmt: skip
        row = {"id": 1, "product": product, "quantity": 93.0, "write_date": date}
        headers = {"Content-Range": "records 0-1/1", "Content-Encoding": "gzip"}
        reply = answer_json([row], headers=headers)
        return Reply(gzip.compress(reply.body), headers=reply.headers)

    feeds = {
        "counts": {
            "path": "rest/model/stock.products_by_locations",
            "query": {
                "f": ["product.code", "quantity", "write_date"],
                "d": {"base64url_json": [["code", "like", "SKU-%"]]},
            },
            "headers": {
                "X-Tryton-Context": {
                    "base64url_json": {
                        "company": 1,
                        "locations": [3],
                        "stock_date_end": {"year": "{hour_end.year}"},
                    }
                }
            },
            "paging": {"kind": "range", "size": 500},
            "columns": {
                "item_id": "product.code",
                "location_id": {"constant": "WH"},
                "as_of": {"path": "write_date", "as": "date_parts"},
            },
            "facts": {"on_hand": "quantity"},
        }
    }
    with StandIn(plan) as server:
        auth = {"kind": "bearer", "token": {"env": "ERP_TOKEN"}}
        connector = build_rest(f"{server.url}/tryton", feeds=feeds, auth=auth)
        fetched, pages = land(connector, "counts", tmp_path)
    assert fetched.is_complete
    assert connector.parse("counts", pages).rows.rows() == [
        (1, "SKU-001", "WH", "on_hand", "93.0", "2026-04-06T09:05:00")
    ]


# Time


def test_a_source_without_times_is_as_of_its_date_header_or_of_our_clock(tmp_path):
    with StandIn(lambda _: answer_json(rows(1), date="Mon, 06 Apr 2026 09:00:00 GMT")) as server:
        for text, as_of in [
            ("{date_header}", "2026-04-06T09:00:00Z"),
            ("{fetched_at}", "2026-04-06T10:05:00Z"),
        ]:
            feeds = {"counts": {"columns": {**COLUMNS, "as_of": {"constant": text}}}}
            connector = build_rest(server.url, feeds=feeds)
            fetched, pages = land(connector, "counts", tmp_path)
            assert connector.parse("counts", pages).rows["as_of"].to_list() == [as_of]
            # What lands is enough to say it again: a replay has no network.
            again = build_rest("http://127.0.0.1:9", feeds=feeds)
            assert again.parse("counts", pages).rows["as_of"].to_list() == [as_of]
    assert fetched.clock_skew_seconds == -3900


def test_the_hour_and_the_newest_time_seen_go_into_the_question(tmp_path):
    with StandIn(lambda _: answer_json(rows(1))) as server:
        query = {"from": "{hour_start}", "to": "{hour_end:%H:%M}", "since": "{since}"}
        connector = build_rest(server.url, feeds=feed(query=query), reads_past=True)
        seen = HOUR_AT - timedelta(minutes=7)
        context = FetchContext(HOUR_AT, lambda: FETCHED_AT, known_watermark=seen)
        connector.fetch("counts", context, lambda page: None)
    asked = server.asked[0]
    assert connector.reads_past
    assert (asked.first("from"), asked.first("to")) == ("2026-04-06T10:00:00Z", "11:00")
    assert asked.first("since") == "2026-04-06T09:53:00Z"


# Patience


def test_an_empty_rate_limit_is_waited_for(tmp_path):
    clock = Clockwork()
    used_up = {"X-Remaining": "0", "X-Reset": "12"}
    plan = in_turn(
        answer_json({"items": rows(1), "next": "a"}, headers=used_up),
        answer_json({"items": rows(1, 1)}),
    )
    with StandIn(plan) as server:
        connector = build_rest(
            server.url,
            feeds=feed(rows="items[]", paging={"kind": "cursor", "next": "next"}),
            rate_limit={"remaining": "x-remaining", "reset": "X-Reset"},
            world=clock.build_world(),
        )
        read(connector, tmp_path)
    assert clock.slept == [pytest.approx(12, abs=0.5)]


def test_never_more_questions_a_second_than_allowed(tmp_path):
    clock = Clockwork()
    paging, call, plan = PLANS["page"]
    with StandIn(plan) as server:
        connector = build_rest(
            server.url,
            feeds=feed(rows="items[]", paging=paging, **call),
            rate_limit={"per_second": 0.5},
            world=clock.build_world(),
        )
        read(connector, tmp_path)
    assert len(clock.slept) == len(server.asked) - 1
    assert sum(clock.slept) == pytest.approx(2 * len(clock.slept), abs=0.5)


def test_a_rate_that_a_header_announces_is_kept_from_the_next_question_on(tmp_path):
    clock = Clockwork()
    limit = {"X-Limit": "0.5"}
    plan = in_turn(
        answer_json({"items": rows(1), "next": "a"}, headers=limit),
        answer_json({"items": rows(1, 1)}),
    )
    with StandIn(plan) as server:
        connector = build_rest(
            server.url,
            feeds=feed(rows="items[]", paging={"kind": "cursor", "next": "next"}),
            rate_limit={"per_second": 10, "announced": "x-limit"},
            world=clock.build_world(),
        )
        read(connector, tmp_path)
    assert clock.slept == [pytest.approx(2, abs=0.5)]


# The wire


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_framing_and_packing_brings_the_same_bytes(tmp_path, framing, packed):
    body = json.dumps(rows(2000)).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if packed:
        headers["Content-Encoding"] = "gzip"
    reply = Reply(gzip.compress(body) if packed else body, headers=headers, framing=framing)
    with StandIn(lambda _: reply) as server:
        _, pages = land(build_rest(server.url, feeds=feed()), "counts", tmp_path)
    assert [page.body for page in pages] == [body]


def test_a_connection_that_went_idle_is_opened_again_without_a_wait(tmp_path):
    clock = Clockwork()
    paging, call, plan = PLANS["page"]

    def once_a_connection(asked: Asked) -> Reply:
        return replace(plan(asked), keep_alive=False, hides_close=True)

    with StandIn(once_a_connection) as server:
        connector = build_rest(
            server.url,
            feeds=feed(rows="items[]", paging=paging, **call),
            world=clock.build_world(),
        )
        _, items = read(connector, tmp_path)
    assert len(items) == 250
    assert server.connections == len(server.asked)
    assert clock.slept == []


def test_the_environment_decides_nothing(tmp_path, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / ".netrc").write_text(f"default login x password {CANARY}\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with StandIn(lambda _: answer_json(rows(1))) as server:
        read(build_rest(server.url, feeds=feed()), tmp_path)
    assert "authorization" not in server.asked[0].headers


def test_other_content_types_are_taken_only_by_name(tmp_path):
    reply = Reply(json.dumps(rows(1)).encode(), headers={"Content-Type": "text/plain"})
    with StandIn(lambda _: reply) as server:
        connector = build_rest(server.url, feeds=feed(), content_types=["text/plain"])
        assert read(connector, tmp_path)[1] == ["S0"]


def test_hostile_text_comes_through_as_text(tmp_path):
    names = [
        "=cmd()",
        "<script>alert(1)</script>",
        "a\nb",
        '"; drop table x',
        "\u202eevil",
        "A" * 9999,
    ]
    answer = [rows(1)[0] | {"sku": name} for name in names]
    with StandIn(lambda _: answer_json(answer)) as server:
        assert read(build_rest(server.url, feeds=feed()), tmp_path)[1] == names


def test_two_fetches_at_once_do_not_disturb_each_other(tmp_path):
    paging, call, plan = PLANS["offset"]
    feeds = feed(rows="items[]", paging=paging, total="total", **call)
    with StandIn(plan) as server, ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(read, build_rest(server.url, feeds=feeds), tmp_path / str(n))
            for n in range(4)
        ]
        for job in jobs:
            assert job.result()[1] == [f"S{n}" for n in range(250)]


def test_our_own_clock_is_the_one_we_were_given(tmp_path):
    with StandIn(lambda _: answer_json(rows(1), date=datetime(2026, 4, 6, 10, 5, tzinfo=UTC))) as s:
        fetched, pages = land(build_rest(s.url, feeds=feed()), "counts", tmp_path)
    assert fetched.clock_skew_seconds == 0
    assert [(page.hour_at, page.fetched_at) for page in pages] == [(HOUR_AT, FETCHED_AT)]


def test_a_header_may_hold_the_total(tmp_path):
    def plan(asked):
        page = int(asked.first("page"))
        return answer_json(rows(2) if page == 1 else rows(1), headers={"X-Total": "3"})

    paged = {**feed()["counts"], "query": {"page": "{page}"}, "paging": {"kind": "page", "size": 2}}
    with StandIn(plan) as server:
        fetched, _ = read(
            build_rest(server.url, feeds={"counts": {**paged, "total_header": "X-Total"}}), tmp_path
        )
        assert fetched.end_marker == "all 3 declared rows came"
        assert fetched.declared_keys == 3
        with pytest.raises(SourceContractError, match="'X-Rows' holds no whole number"):
            read(
                build_rest(server.url, feeds={"counts": {**paged, "total_header": "X-Rows"}}),
                tmp_path,
            )


def test_rows_left_out_make_a_note_and_no_doubt(tmp_path):
    answer = [{**rows(1)[0], "on": on} for on in (True, False)]
    with StandIn(lambda _: answer_json(answer)) as server:
        feeds = {"counts": {**feed()["counts"], "keep": {"on": ["true"]}}}
        fetched, found = read(build_rest(server.url, feeds=feeds), tmp_path)
    assert found == ["S0"]
    assert fetched.notes == ("rows left out because on is 'false': 1",)
    assert not fetched.is_suspect
    assert fetched.declared_keys is None


def test_a_source_may_say_by_a_header_of_its_own_how_long_to_wait(tmp_path):
    clock = Clockwork()
    busy = Reply(b"", status=429, headers={"X-Wait-Ms": "4000"})
    with StandIn(in_turn(busy, answer_json(rows(1)))) as server:
        limit = {"retry_after": "X-Wait-Ms", "in_milliseconds": True}
        connector = build_rest(
            server.url, feeds=feed(), rate_limit=limit, world=clock.build_world()
        )
        read(connector, tmp_path)
    assert clock.slept == [4.0]


def test_a_login_may_live_elsewhere(secrets, tmp_path):
    tokens = TokenServer()
    with StandIn(tokens) as login, StandIn(tokens) as server:
        auth = {
            "kind": "login",
            "url": f"{login.url}/token",
            "request": {"method": "POST", "body": {"password": {"secret": {"env": "ERP_TOKEN"}}}},
            "token_path": "access_token",
        }
        fetched, _ = read(build_rest(server.url, feeds=feed(), auth=auth), tmp_path)
    assert fetched.is_complete
    assert [asked.path for asked in login.asked] == ["/token"]
    assert "/token" not in [asked.path for asked in server.asked]


def test_no_rows_are_no_reason_to_doubt_where_the_options_say_so(tmp_path):
    with StandIn(lambda _: answer_json([])) as server:
        for may_be_empty in (False, True):
            feeds = feed(may_be_empty=may_be_empty)
            connector = build_rest(server.url, feeds=feeds)
            fetched, items = read(connector, tmp_path / str(may_be_empty))
            assert items == []
            assert fetched.is_complete
            assert fetched.is_suspect is not may_be_empty
