"""Amazon's ledger: a report asked for, waited for, and fetched from another host."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from inventory_pipeline.connectors.amazon.connector import AmazonConnector
from inventory_pipeline.connectors.amazon.reports import REPORT
from inventory_pipeline.errors import (
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline_tests.support.file_sources import FETCHED_AT, HOUR_AT, land
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, Toxic
from inventory_pipeline_tests.support.vendors.amazon import (
    ACCESS,
    DOCUMENTS,
    REPORTS,
    US,
    Amazon,
    build_amazon,
    write_ledger,
)
from inventory_pipeline_tests.support.vendors.amazon_model import find_problems

SALES = [
    {"MSKU": "A", "Event Type": "Shipments", "Quantity": "-1", "Reference ID": "111"},
    {"MSKU": "A", "Event Type": "Receipts", "Quantity": "12", "Reference ID": "FBA1"},
]
TEXT = {"Content-Type": "text/plain;charset=UTF-8"}


@dataclass
class Seller:
    """A connector on one account whose documents lie on a host of their own."""

    amazon: Amazon
    clock: Clockwork
    server: StandIn
    store: StandIn
    connector: AmazonConnector
    problems: list[str] = field(default_factory=list)

    @property
    def steps(self) -> list[str]:
        """Return what was asked about reports."""
        found = [(asked.method, asked.path.rpartition("2021-06-30/")[2]) for asked in self.asked]
        return [f"{method} {path}" for method, path in found]

    @property
    def asked(self) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.path.startswith("/reports/")]


@contextmanager
def selling(folder, *rows, spoil=None, keep=None, **options: Any) -> Iterator[Seller]:
    clock = Clockwork()
    amazon = Amazon({US: []}, ledger=write_ledger(*rows or SALES))
    problems: list[str] = []

    def plan(asked: Asked) -> Reply:
        reply = amazon.answer(asked)
        if asked.path.startswith((REPORTS, DOCUMENTS)):
            body = Asked("GET", "", {}, {}, reply.body).json
            problems.extend(find_problems(asked, reply.status, body))
        return spoil(asked, reply) if spoil else reply

    def hand_out(asked: Asked) -> Reply:
        return keep(asked) if keep else Reply(amazon.ledger, headers=TEXT)

    with StandIn(plan) as server, StandIn(hand_out) as store:
        amazon.document_url = f"{store.url}/d%2F1?X-Amz-Signature=s%3D&X-Amz-Expires=300"
        given = {"ledger": {}, "document_hosts": ["127.0.0.1"], **options}
        connector = build_amazon(server.url, folder, clock=clock, **given)
        yield Seller(amazon, clock, server, store, connector, problems)


def read(seller, folder, **known):
    fetched, pages = land(seller.connector, "movements", folder, **known)
    return fetched, seller.connector.parse("movements", pages).rows


def test_a_report_is_made_waited_for_and_read(tmp_path):
    with selling(tmp_path) as seller:
        seller.amazon.statuses = ["IN_QUEUE", "IN_PROGRESS", "DONE"]
        fetched, rows = read(seller, tmp_path)
    assert seller.connector.find_feeds() == ["counts", "movements"]
    assert rows.select("kind", "item_id", "location_id", "quantity", "reference_id").rows() == [
        ("shipment", "A", "L1", "1", "111"), ("receipt", "A", "L1", "12", "FBA1"),
    ]  # fmt: skip
    assert seller.steps == [
        "GET reports", "POST reports", "GET reports/R1", "GET reports/R1", "GET reports/R1",
        "GET documents/amzn1.spdoc.1.4.na.1",
    ]  # fmt: skip
    assert seller.clock.slept == [30, 30]
    assert (fetched.is_complete, fetched.source_at) == (True, FETCHED_AT)
    assert fetched.end_marker == "report R1 of 2026-04-06T10:05Z is DONE"
    assert seller.problems == []


def test_whole_days_are_asked_for_and_one_more_since_a_day_begins_elsewhere(tmp_path):
    with selling(tmp_path, ledger={"days": 5}) as seller:
        read(seller, tmp_path)
    [created] = [asked.json for asked in seller.asked if asked.method == "POST"]
    assert created == {
        "reportType": REPORT,
        "marketplaceIds": [US],
        "dataStartTime": "2026-03-31T00:00:41Z",
    }


def test_after_days_without_an_answer_it_begins_that_much_earlier(tmp_path):
    with selling(tmp_path, ledger={"days": 5}) as seller:
        read(seller, tmp_path, read_until=HOUR_AT - timedelta(days=4))
    [created] = [asked.json for asked in seller.asked if asked.method == "POST"]
    assert created["dataStartTime"] == "2026-03-27T00:00:41Z"


def test_the_token_never_goes_where_the_document_lies(tmp_path):
    with selling(tmp_path) as seller:
        read(seller, tmp_path)
    [fetched] = seller.store.asked
    assert (fetched.path, fetched.first("X-Amz-Signature")) == ("/d%2F1", "s=")
    assert not {"x-amz-access-token", "authorization", "cookie"} & set(fetched.headers)
    assert not any(ACCESS in value for value in fetched.headers.values())
    assert all(asked.headers["x-amz-access-token"].startswith(ACCESS) for asked in seller.asked)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://evil.example/d?X-Amz-Signature=s3cret", "lies on evil.example; only 127.0.0.1"),
        ("https://169.254.169.254/latest/meta-data", "lies on 169.254.169.254; only"),
        ("https://user:pw@127.0.0.1/d", "the document is not fetched: a URL holds no user"),
        ("file:///etc/passwd", "the document is not fetched"),
    ],
)
def test_a_document_elsewhere_is_not_fetched(tmp_path, url, said):
    with selling(tmp_path) as seller:
        seller.amazon.document_url = url
        with pytest.raises(SourceRefusedError, match=f"^amazon: movements: .*{said}") as caught:
            read(seller, tmp_path)
    assert seller.store.asked == []
    assert "s3cret" not in str(caught.value)
    assert len([step for step in seller.steps if "documents" in step]) == 1


def test_amazons_own_store_is_allowed_from_the_start(tmp_path):
    options = build_amazon("https://amazon.example.com", tmp_path)._options
    assert options.document_hosts == ["tortuga-prod-*.amazonaws.com"]
    assert Amazon().document_url.startswith("https://tortuga-prod-na.s3.amazonaws.com/")


def test_an_address_that_ended_is_asked_for_once_more(tmp_path):
    answers = [Reply(b"<Error/>", 403), Reply(write_ledger(*SALES), headers=TEXT)]
    with selling(tmp_path, keep=lambda _: answers.pop(0)) as seller:
        assert read(seller, tmp_path)[1].height == 2
    assert len([step for step in seller.steps if "documents" in step]) == 2


def test_a_document_that_is_refused_for_good_is_a_refusal_without_its_address(tmp_path):
    with (
        selling(tmp_path, keep=lambda _: Reply(b"<Error/>", 403)) as seller,
        pytest.raises(SourceRefusedError, match=r"document on 127\.0\.0\.1: HTTP 403") as caught,
    ):
        read(seller, tmp_path)
    assert "Signature" not in str(caught.value)
    assert len(seller.store.asked) == 2


@pytest.mark.parametrize("toxic", [Toxic(reset_after=10), Toxic(limit_bytes=10)])
def test_a_document_that_breaks_off_is_fetched_again(tmp_path, toxic):
    answers = [Reply(write_ledger(*SALES), toxic=toxic), Reply(write_ledger(*SALES), headers=TEXT)]
    with selling(tmp_path, keep=lambda _: answers.pop(0)) as seller:
        assert read(seller, tmp_path)[1].height == 2


def test_a_document_that_is_not_packed_is_read_as_it_is(tmp_path):
    with selling(tmp_path) as seller:
        seller.amazon.is_packed = False
        seller.amazon.ledger = write_ledger(*SALES, pack=False)
        assert read(seller, tmp_path)[1].height == 2


# What becomes of a report


@pytest.mark.parametrize(
    ("status", "said"),
    [("CANCELLED", "is CANCELLED: somebody took it back, or there was nothing to report"),
     ("FATAL", "is FATAL: Amazon could not make it"),
     ("PAUSED", "is PAUSED: wanted DONE")],
)  # fmt: skip
def test_a_report_that_is_not_made_is_an_error_that_says_so(tmp_path, status, said):
    with selling(tmp_path) as seller:
        seller.amazon.statuses = ["IN_PROGRESS", status]
        # The model knows no fourth end, and neither do we.
        with pytest.raises(SourceContractError, match=f"^amazon: movements: report R1 {said}"):
            read(seller, tmp_path)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"timeouts": {"connect": "5s", "read": "5s", "answer": "20s", "feed": "10m"},
         "ledger": {"wait": "2h"}},
    ],
)  # fmt: skip
def test_a_report_that_takes_too_long_is_left_and_found_again(tmp_path, options):
    with selling(tmp_path, **options) as seller:
        seller.amazon.statuses = ["IN_PROGRESS"]
        with pytest.raises(SourceUnavailableError, match="R1 is still IN_PROGRESS; it is looked"):
            read(seller, tmp_path)
        assert 550 < sum(seller.clock.slept) <= 600
        seller.amazon.statuses = ["DONE"]
        assert read(seller, tmp_path)[1].height == 2
    assert seller.steps.count("POST reports") == 1


def test_a_young_report_of_the_same_days_is_taken_again(tmp_path):
    with selling(tmp_path) as seller:
        first, _ = read(seller, tmp_path)
        again, _ = read(seller, tmp_path)
    assert first.end_marker == again.end_marker
    assert seller.steps.count("POST reports") == 1
    looked = seller.asked[-2]
    since = (FETCHED_AT - timedelta(hours=4)).isoformat().replace("+00:00", "Z")
    assert (looked.first("reportTypes"), looked.first("createdSince")) == (REPORT, since)


@pytest.mark.parametrize(
    "change",
    [
        {"dataStartTime": "2026-04-02T00:00:00Z"},
        {"dataStartTime": "2026-04-01T00:00:41Z"},
        {"marketplaceIds": [US, "A2EUQ1WTGCTBG2"]},
        {"processingStatus": "CANCELLED"},
        {"processingStatus": "FATAL"},
    ],
    ids=["begins at midnight", "other days", "other marketplaces", "cancelled", "fatal"],
)
def test_a_report_that_may_say_something_else_is_not_taken(tmp_path, change):
    with selling(tmp_path) as seller:
        read(seller, tmp_path)
        seller.amazon.reports["R1"].update(change)
        read(seller, tmp_path)
    assert seller.steps.count("POST reports") == 2


def test_of_several_the_newest_is_taken(tmp_path):
    with selling(tmp_path) as seller:
        read(seller, tmp_path)
        first = seller.amazon.reports["R1"]
        later = {**first, "reportId": "R9", "createdTime": "2026-04-06T10:06:00.500Z"}
        seller.amazon.reports["R9"] = later
        assert "report R9 " in read(seller, tmp_path)[0].end_marker


def test_more_reports_than_amazon_allows_are_waited_for_a_minute(tmp_path):
    left = [2]

    def spoil(asked, reply):
        if asked.method == "POST" and asked.path == REPORTS and left[0]:
            left[0] -= 1
            return Reply(b"{}", 429)
        return reply

    with selling(tmp_path, spoil=spoil) as seller:
        assert read(seller, tmp_path)[1].height == 2
    assert seller.clock.slept == [60, 60]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (REPORTS, b"[]", "lists no reports"),
        (f"{REPORTS}/R1", b'{"reportId": "R1"}', "no 'createdTime'"),
        (f"{REPORTS}/R1", b'{"reportId": "R1", "createdTime": "now"}', "is no time"),
        (DOCUMENTS, b'{"url": "https://x.example/", "compressionAlgorithm": "LZ"}', "by 'LZ'"),
        (DOCUMENTS, b"{}", "no 'url'"),
        (DOCUMENTS, b"<html>", "no JSON at character|is not whole JSON"),
    ],
)
def test_an_answer_about_reports_that_is_none_is_refused(tmp_path, path, body, said):
    def spoil(asked, reply):
        is_it = asked.path == path or (path == DOCUMENTS and asked.path.startswith(path))
        headers = {"Content-Type": "application/json"}
        return Reply(body, headers=headers) if is_it and asked.method == "GET" else reply

    with (
        selling(tmp_path, spoil=spoil) as seller,
        pytest.raises(SourceContractError, match=f"^amazon: movements: .*({said})"),
    ):
        read(seller, tmp_path)


def test_without_the_right_to_reports_a_person_is_told(tmp_path):
    no = Reply(b'{"errors": [{"code": "Unauthorized", "message": "no"}]}', 403,
               headers={"Content-Type": "application/json"})  # fmt: skip
    spoil = lambda asked, reply: no if asked.path == REPORTS else reply  # noqa: E731
    with (
        selling(tmp_path, spoil=spoil) as seller,
        pytest.raises(SourceRefusedError, match=r"^amazon: movements: GET .*HTTP 403: not allowed"),
    ):
        read(seller, tmp_path)
    assert seller.amazon.handed_out == 2


def test_without_a_ledger_there_are_no_movements(tmp_path):
    with selling(tmp_path, ledger=None) as seller:
        assert seller.connector.find_feeds() == ["counts"]
        with pytest.raises(Exception, match="there is no feed 'movements'"):
            read(seller, tmp_path)


def test_a_secret_that_is_not_there_fails_this_feed_alone(tmp_path):
    with selling(tmp_path) as seller:
        (tmp_path / "refresh").unlink()
        with pytest.raises(SourceError, match=r"^amazon: movements: "):
            read(seller, tmp_path)
