"""``files`` over HTTP(S): the project's own door, a whole file, and no redirect."""

import base64
import gzip
import hashlib
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from pydantic import ValidationError

from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline_tests.support.certificates import Authority
from inventory_pipeline_tests.support.far_files import (
    NAME,
    PATIENT,
    build_far,
    write_count,
    write_secret,
)
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, land
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Reply, StandIn, Toxic

WRITTEN = {"Last-Modified": format_datetime(FETCHED_AT - timedelta(hours=1), usegmt=True)}


class Files(dict):
    """A web server's files: path → reply; what is not there is 404."""

    def __call__(self, asked):
        reply = self.get(asked.path, Reply(b"nothing here", 404))
        return reply(asked) if callable(reply) else reply


def build_reply(body: bytes, **changes) -> Reply:
    headers = {"Content-Type": "text/csv", "ETag": f'"{hashlib.md5(body).hexdigest()}"', **WRITTEN}
    return Reply(body, headers=headers | changes.pop("headers", {}), date=FETCHED_AT, **changes)


@pytest.fixture
def files():
    return Files({f"/drop/{NAME}": build_reply(write_count("A", "B"))})


@pytest.fixture
def web(files):
    with StandIn(files) as server:
        yield server


@pytest.fixture
def read(web, tmp_path):
    def fetch(clock=None, server=None, **options):
        named = {"kind": "http", "base_url": f"{web.url}/drop", "timeouts": PATIENT}
        shelf = build_far(tmp_path, named | (server or {}), clock or Clockwork(), **options)
        fetched, pages = land(shelf, "counts", tmp_path / "landing")
        return fetched, shelf.parse("counts", pages).rows["item_id"].to_list()

    return fetch


def test_a_drop_is_read_and_its_digest_told(read):
    fetched, items = read()
    assert items == ["A", "B"]
    digest = hashlib.sha256(write_count("A", "B")).hexdigest()
    assert fetched.end_marker == f"file of 112 bytes, unchanged for 30 s, sha256 {digest}"


def test_a_file_old_by_the_servers_own_clock_is_not_waited_for(read, files):
    clock = Clockwork()
    read(clock, settle="1m")
    assert clock.slept == []
    fresh = {"Last-Modified": format_datetime(FETCHED_AT - timedelta(seconds=20), usegmt=True)}
    files[f"/drop/{NAME}"] = build_reply(write_count("A"), headers=fresh)
    read(clock, settle="1m")
    assert clock.slept == [40.0]


def test_the_server_is_asked_for_the_file_as_it_is_stored(read, web):
    read()
    assert [asked.method for asked in web.asked] == ["HEAD", "HEAD", "GET", "HEAD"]
    assert {asked.headers["accept-encoding"] for asked in web.asked} == {"identity"}
    assert {asked.path for asked in web.asked} == {f"/drop/{NAME}"}


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"kind": "bearer", "token": "?"}, "authorization", "Bearer s3cret"),
        ({"kind": "header", "name": "X-Key", "value": "?"}, "x-key", "s3cret"),
        (
            {"kind": "basic", "username": "acme", "password": "?"},
            "authorization",
            f"Basic {base64.b64encode(b'acme:s3cret').decode()}",
        ),
    ],
)
def test_every_question_says_who_asks(read, web, tmp_path, auth, header, value):
    secret = write_secret(tmp_path, "s3cret")
    named = {name: secret if text == "?" else text for name, text in auth.items()}
    fetched, _ = read(server={"auth": named, "headers": {"X-Partner": "acme"}})
    assert {asked.headers[header] for asked in web.asked} == {value}
    assert {asked.headers["x-partner"] for asked in web.asked} == {"acme"}
    assert "s3cret" not in repr(fetched)


def test_a_missing_file_is_missing(read, files, web):
    files.clear()
    with pytest.raises(SourceUnavailableError) as caught:
        read()
    assert str(caught.value) == f"shelf: counts: there is no file {web.url}/drop/{NAME}"
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    ("reply", "kind", "said"),
    [
        (Reply(b"", 401), SourceRefusedError, "HTTP 401"),
        (Reply(b"", 403), SourceRefusedError, "HTTP 403"),
        (
            Reply(b"", 302, headers={"Location": "https://evil.example/x"}),
            SourceRefusedError,
            "redirects to evil.example; redirects are not followed",
        ),
        (Reply(b"", 405), SourceContractError, "the server must answer HEAD"),
        (Reply(b"", 500), SourceUnavailableError, "HTTP 500"),
        (
            Reply(b"<html>", headers={"Content-Type": "text/html"}),
            SourceContractError,
            r"a web page, no file \(a login page",
        ),
        (
            Reply(b"x", framing="chunked"),
            SourceContractError,
            "neither Content-Length, ETag nor Last-Modified",
        ),
    ],
)
def test_an_answer_that_is_no_file_is_said_in_one_sentence(read, files, reply, kind, said):
    files[f"/drop/{NAME}"] = reply
    with pytest.raises(kind, match=said):
        read()


def test_a_passing_failure_is_tried_again(read, files):
    left = [Reply(b"", 503), Reply(b"", 503)]
    whole = files[f"/drop/{NAME}"]
    files[f"/drop/{NAME}"] = lambda _asked: left.pop() if left else whole
    assert read()[1] == ["A", "B"]


def answer_get_with(whole: Reply, spoiled: Reply, times: int):
    left = [spoiled] * times

    def answer(asked):
        return left.pop() if asked.method == "GET" and left else whole

    return answer


@pytest.mark.parametrize("toxic", [Toxic(limit_bytes=60), Toxic(reset_after=60)])
def test_a_download_that_breaks_off_is_begun_again_and_never_taken(read, files, toxic):
    whole = files[f"/drop/{NAME}"]
    files[f"/drop/{NAME}"] = answer_get_with(whole, replace(whole, toxic=toxic), 2)
    assert read()[1] == ["A", "B"]
    files[f"/drop/{NAME}"] = answer_get_with(whole, replace(whole, toxic=toxic), 99)
    with pytest.raises(SourceUnavailableError):
        read()


def test_a_chunked_file_that_breaks_off_is_not_taken(read, files):
    whole = replace(files[f"/drop/{NAME}"], framing="chunked")
    cut = replace(whole, toxic=Toxic(limit_bytes=60))
    files[f"/drop/{NAME}"] = answer_get_with(whole, cut, 0)
    assert read()[1] == ["A", "B"]
    files[f"/drop/{NAME}"] = answer_get_with(whole, cut, 99)
    with pytest.raises(SourceUnavailableError):
        read()


def test_a_file_without_an_end_that_can_be_seen_is_refused(read, files):
    files[f"/drop/{NAME}"] = replace(files[f"/drop/{NAME}"], framing="close")
    with pytest.raises(SourceContractError, match="a cut would not be seen"):
        read()


def test_a_file_that_is_written_again_while_it_is_read_is_read_again(read, files):
    old, new = files[f"/drop/{NAME}"], build_reply(write_count("A", "B", "C"))
    asked_for = []

    def answer(asked):
        asked_for.append(asked.method)
        return old if "GET" not in asked_for[:-1] else new

    files[f"/drop/{NAME}"] = answer
    assert read()[1] == ["A", "B", "C"]
    assert asked_for.count("GET") == 2


def test_a_file_that_is_another_one_at_every_look_is_not_taken(read, files, web):
    files[f"/drop/{NAME}"] = lambda _asked: build_reply(write_count("A" * len(web.asked)))
    with pytest.raises(SourceUnavailableError, match="changed while it was read, 2 times"):
        read()


def test_a_file_is_read_only_when_its_done_is_there(read, files):
    with pytest.raises(SourceUnavailableError, match=r"\.done is not: it is still being written"):
        read(done=True)
    files[f"/drop/{NAME}.done"] = build_reply(b"")
    assert read(done=True)[0].end_marker.startswith(".done file seen")


def test_a_declared_digest_is_checked(read, files):
    files[f"/drop/{NAME}.sha256"] = build_reply(
        hashlib.sha256(write_count("A", "B")).hexdigest().encode()
    )
    assert read(digest="sha256")[1] == ["A", "B"]
    files[f"/drop/{NAME}"] = build_reply(write_count("A"))
    with pytest.raises(SourceContractError, match="it is not whole"):
        read(digest="sha256")


def test_a_packed_file_stays_packed_and_a_file_packed_on_the_way_is_refused(read, files):
    packed = gzip.compress(write_count("A"))
    headers = {"Content-Encoding": "x-gzip"}
    files["/drop/c.csv.gz"] = build_reply(packed, headers=headers)
    assert read(counts="c.csv.gz")[1] == ["A"]
    files["/drop/c.csv"] = build_reply(packed, headers=headers)
    with pytest.raises(SourceContractError, match="packed as 'x-gzip' though it was asked for"):
        read(counts="c.csv")


def test_a_file_above_the_limit_is_refused_unread(read, files, web):
    files[f"/drop/{NAME}"] = build_reply(b"x" * ((1 << 20) + 1))
    with pytest.raises(SourceContractError, match="wanted at most 1,048,576"):
        read(max_megabytes=1)
    assert {asked.method for asked in web.asked} == {"HEAD"}


def test_a_file_larger_than_it_says_ends_at_the_limit(read, files):
    small = build_reply(write_count("A"), headers={"ETag": "x"})
    flood = replace(small, body=b"x" * (3 << 20), framing="chunked")
    files[f"/drop/{NAME}"] = answer_get_with(small, flood, 99)
    with pytest.raises(SourceContractError, match="wanted at most 1,048,576"):
        read(max_megabytes=1)


def test_a_large_file_is_read_in_little_memory(files, web, tmp_path):
    body = write_count("A") + b"B,L1,on_hand,1,2026-04-06T10:00:00Z\n" * 2_000_000
    files[f"/drop/{NAME}"] = build_reply(body)
    shelf = build_far(tmp_path, {"kind": "http", "base_url": f"{web.url}/drop"})
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        fetched, _ = land(shelf, "counts", tmp_path / "landing")
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert f"{len(body):,} bytes" in fetched.end_marker
    assert len(body) > 64 << 20  # more than an answer that is kept in memory may have
    assert peak < 8 << 20


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a b/c%2F..%2F?x=1#y.csv", "/drop/a%20b/c%252F..%252F%3Fx%3D1%23y.csv"),
        ("=cmd() $(id).csv", "/drop/%3Dcmd%28%29%20%24%28id%29.csv"),
    ],
)
def test_a_hostile_name_is_only_a_name_below_the_configured_path(read, files, web, name, path):
    files[path] = build_reply(write_count("A"))
    assert read(counts=name)[1] == ["A"]
    assert {asked.path for asked in web.asked} == {path}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://files.example.com/drop", "is not encrypted; use https"),
        ("https://user:pw@files.example.com/", "holds no user or password"),
        ("ftp://files.example.com/", "wanted a URL such as https"),
        ("https://files.example.com/a/../b", "no . or .. segments"),
        ("https://files.example.com/?key=1", "base_url has no query"),
    ],
)
def test_a_place_where_nothing_may_go_is_refused_in_the_configuration(tmp_path, url, said):
    with pytest.raises(ValidationError) as caught:
        build_far(tmp_path, {"kind": "http", "base_url": url})
    assert said in str(caught.value)


def test_a_name_that_leads_into_our_own_network_is_refused(tmp_path):
    def resolve(_host, port):
        return [(2, 1, 6, "", ("169.254.169.254", port))]

    shelf = build_far(tmp_path, {"kind": "http", "base_url": "https://files.example.com/drop"})
    shelf._world = Clockwork().build_world(resolve=resolve)
    with pytest.raises(SourceRefusedError, match=r"leads to the address 169\.254\.169\.254"):
        land(shelf, "counts", tmp_path / "landing")


@pytest.mark.parametrize("given", ["self_signed", "expired", "wrong host"])
def test_a_certificate_that_is_not_to_be_trusted_ends_it(files, tmp_path, given):
    authority = Authority(tmp_path)
    tls = {
        "self_signed": lambda: authority.build_self_signed("localhost"),
        "expired": lambda: authority.build_context("localhost", is_expired=True),
        "wrong host": lambda: authority.build_context("elsewhere"),
    }[given]()
    with StandIn(files, tls=tls) as server:
        url = f"https://localhost:{server.port}/drop"
        named = {"kind": "http", "base_url": url, "ca_file": str(authority.ca_file)}
        with pytest.raises(SourceRefusedError, match="is not trusted"):
            land(build_far(tmp_path, named), "counts", tmp_path / "landing")
        assert server.asked == []


def test_tls_with_a_private_authority_is_read(files, tmp_path):
    authority = Authority(tmp_path)
    with StandIn(files, tls=authority.build_context("localhost")) as server:
        url = f"https://localhost:{server.port}/drop"
        named = {"kind": "http", "base_url": url, "ca_file": str(authority.ca_file)}
        fetched, _ = land(build_far(tmp_path, named), "counts", tmp_path / "landing")
    assert fetched.is_complete
