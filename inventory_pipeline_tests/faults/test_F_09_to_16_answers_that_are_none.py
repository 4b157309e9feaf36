"""F-09 to F-16: answers that look like answers. None of them becomes a count."""

import gzip
import json
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.http_sources import (
    Clockwork,
    Served,
    build_counts,
    build_rest,
    find_columns,
    serving,
)
from inventory_pipeline_tests.support.private_ca import PrivateCa
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, answer_json

ROWS = build_counts(250)
FEEDS = {"counts": {"columns": find_columns(ROWS)}}
PLAIN = [{f"x_{name}": value for name, value in row.items()} for row in ROWS]
KINDS = pytest.mark.parametrize("kind", ["rest", "graphql"])
CANARY = "c4n4ry-s3cr3t"


def refuse(served: Served, folder: Path, said: str, kind: type[SourceError]) -> None:
    with pytest.raises(kind, match=said):
        land(served.connector, "counts", folder)


def on_page(number: int, spoiled):
    """Spoil every try of the n-th page and no other."""
    pages: list[str] = []

    def spoil(asked: Asked, reply: Reply) -> Reply:
        key = f"{asked.query} {asked.body!r}"
        pages.extend([key] if key not in pages else [])
        return spoiled(reply) if pages.index(key) + 1 == number else reply

    return spoil


@pytest.mark.parametrize("kind", ["graphql"])
@pytest.mark.parametrize("has_data", [True, False])
def test_F_09_errors_with_status_200_are_a_failure(tmp_path, kind, has_data) -> None:
    def spoiled(reply: Reply) -> Reply:
        data = json.loads(reply.body)["data"] if has_data else None
        return answer_json({"data": data, "errors": [{"message": "internal"}]})

    with serving(kind, ROWS, spoil=on_page(2, spoiled)) as it:
        refuse(it, tmp_path, "errors", SourceContractError)


def test_F_09_a_rest_answer_may_say_no_with_status_200(tmp_path) -> None:
    def no(_: Asked, reply: Reply) -> Reply:
        return answer_json({**json.loads(reply.body), "detail": "boom", "status_code": 500})

    with serving("rest", ROWS, spoil=no) as it:
        feed = {"rows": "entries[]", "columns": find_columns(ROWS)}
        feed["fails_when"] = [{"path": "status_code", "not_in": ["200"]}]
        it.connector = build_rest(it.server.url, feeds={"counts": feed})
        refuse(it, tmp_path, "status_code", SourceContractError)


@KINDS
@pytest.mark.parametrize(
    ("kind_of_body", "body"),
    [
        ("text/html", b"<html>Please log in</html>"),
        ("text/html; charset=utf-8", b"[]"),
        ("", b"<html>"),
        ("application/xml", b"<rows/>"),
        ("application/json", b"<html>Please log in</html>"),
        ("application/json", b""),
        ("application/json", b'"Please log in"'),
        ("application/json", b'{"login": "please"}'),
        ("application/jsonx", b"[]"),
    ],
)
def test_F_10_a_login_page_is_no_empty_shop(tmp_path, kind, kind_of_body, body) -> None:
    page = Reply(body, headers={"Content-Type": kind_of_body})
    with serving(kind, ROWS, spoil=lambda *_: page) as it:
        refuse(it, tmp_path, r".+", SourceContractError)
        assert len(it.server.asked) == 1


@KINDS
@pytest.mark.parametrize("status", [401, 403])
def test_F_11_a_token_revoked_in_the_middle_is_one_no_and_no_storm(tmp_path, kind, status) -> None:
    spoil = on_page(2, lambda reply: replace(reply, status=status))
    with serving(kind, ROWS, spoil=spoil) as it:
        refuse(it, tmp_path, f"HTTP {status}", SourceRefusedError)
        assert len(it.server.asked) == 2
        assert it.clock.slept == []


@KINDS
def test_F_12_a_page_that_is_not_found_concludes_nothing(tmp_path, kind) -> None:
    with serving(kind, ROWS, spoil=on_page(3, lambda reply: replace(reply, status=404))) as it:
        refuse(it, tmp_path, "HTTP 404", SourceContractError)


@KINDS
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_F_13_a_redirect_is_refused_and_the_token_stays_here(
    tmp_path, kind, status, monkeypatch
) -> None:
    monkeypatch.setenv("TOKEN", CANARY)
    with StandIn(lambda _: answer_json([])) as evil:
        headers = {"Location": f"{evil.url}/levels?{CANARY}"}
        options = {
            "auth": {"kind": "header", "name": "X-Shop-Token", "value": {"env": "TOKEN"}},
            "spoil": lambda _, reply: replace(reply, status=status, headers=headers),
        }
        with serving(kind, ROWS, **options) as it:
            refuse(it, tmp_path, "redirects to 127.0.0.1", SourceRefusedError)
            assert it.server.asked[0].headers["x-shop-token"] == CANARY
        assert evil.asked == []
        assert evil.connections == 0


@pytest.mark.parametrize("paging", [{"kind": "link"}, {"kind": "next_url", "path": "next"}])
def test_F_13_a_next_link_to_another_place_is_not_followed(tmp_path, paging) -> None:
    with StandIn(lambda _: answer_json([])) as evil:
        for link in (f"{evil.url}/api/levels", "/other", "//169.254.169.254/latest/meta-data"):
            reply = answer_json(
                {"entries": PLAIN[:1], "next": link}, headers={"Link": f'<{link}>; rel="next"'}
            )
            with StandIn(lambda _, reply=reply: reply) as server:
                feed = {"rows": "entries[]", "paging": paging, "columns": find_columns(ROWS)}
                connector = build_rest(f"{server.url}/api", feeds={"counts": feed})
                with pytest.raises(SourceRefusedError, match="next link"):
                    land(connector, "counts", tmp_path)
        assert evil.connections == 0


def leading_to(*addresses: str):
    """Return a resolver that gives one address after the other."""
    left = list(addresses)
    return lambda _host, port: [(2, 1, 6, "", (left.pop(0), port))]


def test_F_13_a_name_that_leads_inside_is_refused_before_anything_is_sent(tmp_path) -> None:
    with StandIn(lambda _: answer_json(PLAIN)) as inside:
        connector = build_rest(
            f"http://public.example:{inside.port}",
            feeds=FEEDS,
            allow_plain_http=True,
            world=Clockwork().build_world(resolve=leading_to("127.0.0.1")),
        )
        with pytest.raises(SourceRefusedError, match="not public"):
            land(connector, "counts", tmp_path)
        assert inside.connections == 0


def test_F_13_the_address_that_was_judged_is_the_one_that_is_asked(tmp_path) -> None:
    # Looked up a second time, the name would lead elsewhere: one look-up is all there is.
    with StandIn(lambda _: answer_json(PLAIN)) as inside:
        connector = build_rest(
            f"http://erp.internal:{inside.port}",
            feeds=FEEDS,
            allow_plain_http=True,
            allow_private=True,
            world=Clockwork().build_world(resolve=leading_to("127.0.0.1")),
        )
        assert land(connector, "counts", tmp_path)[0].is_complete
        assert inside.asked[0].headers["host"] == f"erp.internal:{inside.port}"


def test_F_14_a_gzip_bomb_is_refused_long_before_it_is_unpacked(tmp_path) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([*(packer.compress(b" " * (1 << 20)) for _ in range(200)), packer.flush()])
    assert len(bomb) < 1 << 20
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    with StandIn(lambda _: Reply(bomb, headers=headers)) as server:
        connector = build_rest(server.url, feeds=FEEDS)
        with pytest.raises(SourceContractError, match="100 times its size"):
            land(connector, "counts", tmp_path)


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_F_14_a_body_without_end_is_left_at_64_mib(tmp_path, framing) -> None:
    body = b"[" + b" " * (65 << 20)
    reply = Reply(body, headers={"Content-Type": "application/json"}, framing=framing)
    with StandIn(lambda _: reply) as server:
        connector = build_rest(server.url, feeds=FEEDS)
        with pytest.raises(SourceContractError, match="larger than 64 MiB"):
            land(connector, "counts", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "encoding", "kind", "said"),
    [
        (b"[]", "gzip", SourceContractError, "says it is gzip"),
        (b"[]", "br", SourceContractError, "packed as 'br'"),
        (gzip.compress(json.dumps(PLAIN).encode())[:-9], "gzip", SourceUnavailableError, "cut off"),
        (b"[" * 100_000, "", SourceContractError, "deeper than 64"),
        (b"[" + b"1," * 1_000_001 + b"1]", "", SourceContractError, "1,000,000"),
        (b"[" + b"{}," * 1_000_001 + b"{}]", "", SourceContractError, "1,000,000"),
    ],
    ids=["not gzip", "not asked for", "cut", "deep", "rows of nothing", "empty rows"],
)
def test_F_14_other_bombs_are_refused_too(tmp_path, body, encoding, kind, said) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    with (
        StandIn(lambda _: Reply(body, headers=headers)) as server,
        pytest.raises(kind, match=said),
    ):
        land(build_rest(server.url, feeds=FEEDS, retries=1), "counts", tmp_path)


def test_F_14_two_packed_parts_in_a_row_are_one_answer(tmp_path) -> None:
    text = json.dumps(PLAIN).encode()
    body = gzip.compress(text[:100]) + gzip.compress(text[100:])
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    with StandIn(lambda _: Reply(body, headers=headers)) as server:
        _, pages = land(build_rest(server.url, feeds=FEEDS), "counts", tmp_path)
    assert pages[0].body == text


@pytest.fixture
def ca(tmp_path: Path) -> PrivateCa:
    return PrivateCa(tmp_path)


@pytest.mark.parametrize(
    ("hosts", "days", "knows_ca", "said"),
    [
        (("127.0.0.1",), 10, False, "self-signed|local issuer"),
        (("127.0.0.1",), -1, True, "expired"),
        (("erp.example", "10.0.0.8"), 10, True, "IP address mismatch|doesn't match"),
    ],
    ids=["unknown authority", "expired", "wrong host"],
)
def test_F_15_a_certificate_that_does_not_hold_is_refused_without_fallback(
    tmp_path, ca, hosts, days, knows_ca, said
) -> None:
    with StandIn(lambda _: answer_json(PLAIN), tls=ca.issue(*hosts, days=days)) as server:
        options = {"ca_file": str(ca.ca_file)} if knows_ca else {}
        connector = build_rest(server.url, feeds=FEEDS, **options)
        with pytest.raises(SourceRefusedError, match=said):
            land(connector, "counts", tmp_path)
        assert server.asked == []
        assert server.connections == 1


def test_F_15_a_private_authority_is_named_and_then_trusted(tmp_path, ca) -> None:
    with StandIn(lambda _: answer_json(PLAIN), tls=ca.issue("127.0.0.1")) as server:
        connector = build_rest(server.url, feeds=FEEDS, root=tmp_path, ca_file="ca.pem")
        assert land(connector, "counts", tmp_path / "landing")[0].is_complete


def test_F_15_the_certificate_must_hold_for_the_name_and_not_for_the_address(tmp_path, ca) -> None:
    for hosts, is_good in ((("erp.internal",), True), (("127.0.0.1",), False)):
        with StandIn(lambda _: answer_json(PLAIN), tls=ca.issue(*hosts)) as server:
            connector = build_rest(
                f"https://erp.internal:{server.port}",
                feeds=FEEDS,
                allow_private=True,
                ca_file=str(ca.ca_file),
                world=Clockwork().build_world(resolve=leading_to("127.0.0.1")),
            )
            if is_good:
                assert land(connector, "counts", tmp_path / "landing")[0].is_complete
            else:
                with pytest.raises(SourceRefusedError, match=r"ostname mismatch|doesn't match"):
                    land(connector, "counts", tmp_path / "landing")


@pytest.mark.parametrize("name", ["nothing.pem", "empty.pem"])
def test_F_15_an_authority_that_cannot_be_read_is_said_and_not_skipped(tmp_path, ca, name) -> None:
    (tmp_path / "empty.pem").write_text("")
    with StandIn(lambda _: answer_json(PLAIN), tls=ca.issue("127.0.0.1")) as server:
        connector = build_rest(server.url, feeds=FEEDS, root=tmp_path, ca_file=name)
        with pytest.raises((SourceRefusedError, ConfigError), match=name):
            land(connector, "counts", tmp_path / "landing")
        assert server.asked == []


@KINDS
def test_F_16_a_retired_field_is_a_broken_promise_that_names_it(tmp_path, kind) -> None:
    def retire(_: Asked, reply: Reply) -> Reply:
        return replace(reply, body=reply.body.replace(b'"x_quantity"', b'"x_quantity_v2"'))

    with serving(kind, ROWS, spoil=retire) as it:
        _, pages = land(it.connector, "counts", tmp_path)
        said = r"counts: no row has 'x_quantity'.*nearest seen is 'x_quantity_v2'"
        with pytest.raises(SourceContractError, match=said):
            it.connector.parse("counts", pages)


@KINDS
def test_F_16_a_retired_list_or_version_is_named_too(tmp_path, kind) -> None:
    def retire(_: Asked, reply: Reply) -> Reply:
        body = reply.body.replace(b'"entries"', b'"entriesV2"').replace(b'"edges"', b'"edgesV2"')
        return replace(reply, body=body)

    with serving(kind, ROWS, spoil=retire) as it:
        refuse(it, tmp_path, r"no list at '(entries|data\.levels\.edges)\[\]", SourceContractError)
    with serving(kind, ROWS, spoil=lambda _, reply: replace(reply, status=410)) as it:
        refuse(it, tmp_path, "HTTP 410: .* gone", SourceContractError)
