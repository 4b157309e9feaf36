"""Amazon's listings: a quantity set by a patch, looked at before, and seen when it is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from inventory_pipeline.connectors.amazon.writer import ListingsWriter
from inventory_pipeline.correct.outbox import judge_answer
from inventory_pipeline.errors import SourceError
from inventory_pipeline.model.delivery import Line, LineAnswer, Writer
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, Toxic, refused_port
from inventory_pipeline_tests.support.vendors.amazon import (
    ACCESS,
    LISTINGS,
    REFRESH,
    SECRET,
    SELLER,
    US,
    Amazon,
    build_amazon,
)
from inventory_pipeline_tests.support.vendors.amazon_model import find_problems

WRITE = {"seller_id": SELLER, "marketplace": US, "location": "MAIN"}


@dataclass
class Desk:
    """A writer on one seller account; ``spoil`` may change every answer about a listing."""

    amazon: Amazon
    server: StandIn
    writer: Writer
    problems: list[str] = field(default_factory=list)

    def send(self, line: Line | None = None, key: str = "k1") -> LineAnswer:
        line = line or write_line()
        answer = self.writer.send([line], key, self.writer.encode([line], key))
        word = answer.lines[line.receipt_id]
        assert 0 < len(word.evidence) <= 200
        assert not any(secret in word.evidence for secret in (SECRET, REFRESH, ACCESS))
        return word

    @property
    def steps(self) -> list[str]:
        return [asked.method for asked in self.server.asked if asked.path.startswith(LISTINGS)]

    @property
    def patches(self) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.method == "PATCH"]


@contextmanager
def writing(folder, *, spoil=None, **write: Any) -> Iterator[Desk]:
    amazon = Amazon({US: []}, listings={"A": {"DEFAULT": 10}, "FBA": {"AMAZON_NA": None}})
    problems: list[str] = []

    def plan(asked: Asked) -> Reply:
        reply = amazon.answer(asked)
        if asked.path.startswith(LISTINGS):
            body = Asked("GET", "", {}, {}, reply.body).json
            problems.extend(find_problems(asked, reply.status, body))
            return spoil(asked, reply) if spoil else reply
        return reply

    with StandIn(plan) as server:
        writer = build_amazon(server.url, folder, write={**WRITE, **write}).build_writer()
        yield Desk(amazon, server, writer, problems)


def write_line(quantity=7, **changes: Any) -> Line:
    words = {
        "receipt_id": "r1", "item_id": "A", "location_id": "MAIN", "fact": "available",
        "operation": "set", "before": 10, "reference": "urn:receipt:r1", "reason": "correction",
    }  # fmt: skip
    return Line(**{**words, "quantity": quantity, **changes})


def on_patch(reply: Reply):
    return lambda asked, good: reply if asked.method == "PATCH" else good


def test_it_keeps_the_port(tmp_path):
    with writing(tmp_path, rate=2) as desk:
        writer = desk.writer
    assert isinstance(writer, ListingsWriter)
    assert isinstance(writer, Writer)
    assert (writer.delivery_class, writer.key_lifetime, writer.max_lines) == ("C", None, 1)
    assert (writer.operations, writer.rate, writer.caches_errors) == ({"set"}, 2, False)


def test_an_accepted_number_waits_until_the_listing_shows_it(tmp_path):
    with writing(tmp_path) as desk:
        first = desk.send()
        assert (first.outcome, "ACCEPTED" in first.evidence) == ("waiting", True)
        assert judge_answer(first.outcome, first.evidence).state == "sent"
        # Amazon has not carried it out: nothing is lost by saying it again.
        assert desk.send().outcome == "waiting"
        desk.amazon.carry_out()
        last = desk.send()
    assert last == LineAnswer("confirmed", "the listing shows 7")
    assert desk.steps == ["GET", "PATCH", "GET", "PATCH", "GET"]
    assert desk.amazon.listings["A"] == {"DEFAULT": 7}


def test_the_patch_is_one_of_amazons_model_and_leaves_other_fields_alone(tmp_path):
    with writing(tmp_path) as desk:
        desk.send()
    assert desk.problems == []
    [patch] = desk.patches
    assert patch.path == f"{LISTINGS}A"
    assert patch.query == {"marketplaceIds": [US]}
    assert patch.json == {
        "productType": "PRODUCT",
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}],
            }
        ],
    }


def test_the_bytes_are_the_same_whoever_makes_them_and_hold_no_credential(tmp_path):
    with writing(tmp_path) as desk, writing(tmp_path) as other:
        body = desk.writer.encode([write_line()], "k1")
        assert body == other.writer.encode([write_line()], "k2")
    assert not any(secret.encode() in body for secret in (SECRET, REFRESH, ACCESS))


def test_a_number_that_moved_is_left_alone(tmp_path):
    with writing(tmp_path) as desk:
        desk.amazon.listings["A"]["DEFAULT"] = 9
        assert desk.send() == LineAnswer("stale", "the listing shows 9, not 10")
        assert desk.send(write_line(before=None)).outcome == "waiting"
    assert desk.steps == ["GET", "GET", "PATCH"]


def test_a_number_that_is_there_already_is_not_submitted(tmp_path):
    with writing(tmp_path) as desk:
        assert desk.send(write_line(10, before=4)).outcome == "confirmed"
    assert desk.patches == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"item_id": "FBA"}, "none in channel DEFAULT"),
        ({"item_id": "GONE"}, "there is no such listing"),
        ({"location_id": "L1"}, "only MAIN is written to, not L1"),
        ({"fact": "on_hand"}, "only available can be set, not on_hand"),
        ({"quantity": -1}, "never offers less than nothing"),
    ],
)
def test_what_can_never_be_done_is_refused_and_nothing_is_sent(tmp_path, changes, said):
    with writing(tmp_path) as desk:
        word = desk.send(write_line(**changes))
    assert (word.outcome, said in word.evidence) == ("refused", True)
    assert desk.patches == []


def test_a_submission_that_is_not_valid_is_refused_in_amazons_words(tmp_path):
    with writing(tmp_path) as desk:
        word = desk.send(write_line(5000))
    assert word.outcome == "refused"
    assert "INVALID" in word.evidence
    assert desk.amazon.submitted == {}


@pytest.mark.parametrize(
    "sku", ["A/B 1", "50%", "a?b#c", "ü†☃", "..a", "{item_id}", "00123", "=cmd()", "a&b=c"]
)
def test_a_sku_arrives_as_it_is(tmp_path, sku):
    with writing(tmp_path) as desk:
        desk.amazon.listings[sku] = {"DEFAULT": 10}
        assert desk.send(write_line(item_id=sku)).outcome == "waiting"
        assert desk.amazon.submitted == {sku: 7}
        assert desk.writer.read([write_line(item_id=sku)]) == {"r1": 10}


def test_a_sku_that_makes_no_path_is_not_sent(tmp_path):
    with writing(tmp_path) as desk:
        assert desk.send(write_line(item_id="..")).outcome == "unapplied"
    assert desk.steps == []


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(b"{}", toxic=Toxic(reset_after=1)), "ambiguous"),
        (Reply(b"{}", 500, headers=JSON), "ambiguous"),
        (Reply(b"<html>log in</html>", headers={"Content-Type": "text/html"}), "ambiguous"),
        (Reply(b'{"sku": "A", "status": "VALID"}', headers=JSON), "ambiguous"),
        (Reply(b'{"errors": [{"code": "BAD_REQUEST"}]}', 400, headers=JSON), "refused"),
        (Reply(b"{}", 413, headers=JSON), "unapplied"),
    ],
)
def test_an_answer_that_is_no_yes_is_none(tmp_path, reply, outcome):
    with writing(tmp_path, spoil=on_patch(reply)) as desk:
        assert desk.send().outcome == outcome


def test_too_many_requests_are_waited_for(tmp_path):
    said = on_patch(Reply(b"{}", 429, headers={**JSON, "Retry-After": "9"}))
    with writing(tmp_path, spoil=said) as desk:
        line = write_line()
        answer = desk.writer.send([line], "k1", desk.writer.encode([line], "k1"))
    assert (answer.lines["r1"].outcome, answer.wait) == ("unapplied", timedelta(seconds=9))


def test_a_token_that_ended_is_renewed_for_the_next_try(tmp_path):
    left = [1]

    def spoil(asked, reply):
        if asked.method == "PATCH" and left[0]:
            left[0] -= 1
            return Reply(b"{}", 403, headers=JSON)
        return reply

    with writing(tmp_path, spoil=spoil) as desk:
        first = desk.send()
        assert (first.outcome, "not allowed to write" in first.evidence) == ("unapplied", True)
        assert desk.send().outcome == "waiting"
    shown = [asked.headers["x-amz-access-token"] for asked in desk.patches]
    assert shown == [f"{ACCESS}-1", f"{ACCESS}-2"]


def test_while_nobody_can_look_nothing_is_sent(tmp_path):
    no = Reply(b"{}", 500, headers=JSON)
    with writing(tmp_path, spoil=lambda asked, good: no if asked.method == "GET" else good) as desk:
        line = write_line()
        answer = desk.writer.send([line], "k1", desk.writer.encode([line], "k1"))
        assert (answer.lines["r1"].outcome, answer.is_down) == ("unapplied", True)
    assert desk.patches == []
    with refused_port() as port:
        writer = build_amazon(f"http://127.0.0.1:{port}", tmp_path, write=WRITE).build_writer()
        assert writer.send([line], "k1", b"").lines["r1"].outcome == "unapplied"
        with pytest.raises(SourceError):
            writer.read([line])


def test_an_application_that_may_write_has_credentials_of_its_own(tmp_path):
    with writing(tmp_path) as desk:
        for name in ("write_secret", "write_refresh"):
            (tmp_path / name).write_text(f"{name}-not-for-logs")
        own = {
            "client_id": "amzn1.application-oa2-client.1",
            "client_secret": {"file": str(tmp_path / "write_secret")},
            "refresh_token": {"file": str(tmp_path / "write_refresh")},
        }
        write = {**WRITE, "credentials": own}
        writer = build_amazon(desk.server.url, tmp_path, write=write).build_writer()
        with pytest.raises(SourceError, match="the credentials were not taken") as caught:
            writer.read([write_line()])
        [asked] = desk.server.asked
    assert b"amzn1.application-oa2-client.1" in asked.body
    assert b"write_refresh-not-for-logs" in asked.body
    assert "not-for-logs" not in str(caught.value)
