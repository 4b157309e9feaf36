"""The square writer: counts and adjustments, one key a request, an answer a line."""

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest

from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.delivery import PreparingWriter, Writer
from inventory_pipeline_tests.support.stand_in import Reply, Toxic, answer_json
from inventory_pipeline_tests.support.vendors.square import SquareVendor
from inventory_pipeline_tests.support.vendors.vendor import serving_vendor
from inventory_pipeline_tests.support.write_targets import build_line, show_bytes


@pytest.fixture
def vendor():
    return SquareVendor(numbers={("A1", "L1"): 10, ("A2", "L1"): 10, ("A3", "L1"): 10})


@contextmanager
def writing(vendor, folder, **options):
    with serving_vendor(vendor, [], folder, **{"write": {}, **options}) as served:
        yield served.connector.build_writer(), served


def send(writer, *lines, key="key-1"):
    answer = writer.send(lines, key, writer.encode(lines, key))
    for line in answer.lines.values():
        assert 0 < len(line.evidence) <= 200
    return answer


def look(answer):
    return {receipt: line.outcome for receipt, line in answer.lines.items()}


MANY = (build_line(), build_line("A2", receipt_id="r2"), build_line("A3", receipt_id="r3"))


def test_it_says_what_it_offers(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, _):
        assert isinstance(writer, Writer)
        assert isinstance(writer, PreparingWriter)
        assert writer.delivery_class == "B"
        assert writer.key_lifetime == timedelta(hours=23)
        assert writer.operations == {"set", "add"}
        assert writer.max_lines == 100


def test_a_number_is_set_by_a_physical_count(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, served):
        assert look(send(writer, build_line())) == {"r1": "confirmed"}
    assert vendor.numbers["A1", "L1"] == 12
    [change] = served.server.asked[0].json["changes"]
    assert change["type"] == "PHYSICAL_COUNT"
    told = change["physical_count"]
    assert told.pop("occurred_at").endswith("Z")
    assert told == {
        "reference_id": "urn:receipt:r1", "catalog_object_id": "A1", "state": "IN_STOCK",
        "location_id": "L1", "quantity": "12",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "reason", "states", "left"),
    [
        (5, "correction", ("NONE", "IN_STOCK"), 15),
        (5, "return", ("UNLINKED_RETURN", "IN_STOCK"), 15),
        (-3, "correction", ("IN_STOCK", "WASTE"), 7),
        (-3, "sale", ("IN_STOCK", "SOLD"), 7),
    ],
)
def test_a_number_is_added_to_by_an_adjustment(tmp_path, vendor, quantity, reason, states, left):
    line = build_line(operation="add", quantity=quantity, reason=reason)
    with writing(vendor, tmp_path) as (writer, served):
        assert look(send(writer, line)) == {"r1": "confirmed"}
    assert vendor.numbers["A1", "L1"] == left
    told = served.server.asked[0].json["changes"][0]["adjustment"]
    assert (told["from_state"], told["to_state"]) == states
    assert told["quantity"] == str(abs(quantity))
    assert (told["from_location_id"], told["to_location_id"]) == ("L1", "L1")


def test_an_older_version_is_told_one_location(tmp_path, vendor):
    line = build_line(operation="add", quantity=1)
    with writing(vendor, tmp_path, version="2026-05-20") as (writer, served):
        assert look(send(writer, line)) == {"r1": "confirmed"}
    told = served.server.asked[0].json["changes"][0]["adjustment"]
    assert told["location_id"] == "L1"
    assert "from_location_id" not in told


def test_the_moment_is_that_of_looking_and_the_bytes_stay_what_they_are(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, _):
        writer.prepare([build_line()])
        first = writer.encode([build_line()], "key-1")
        assert writer.encode([build_line()], "key-1") == first
        writer.prepare([build_line()])
        again = show_bytes(writer.encode([build_line()], "key-1"))
    moments = [
        told["changes"][0]["physical_count"]["occurred_at"] for told in (show_bytes(first), again)
    ]
    assert moments[0] <= moments[1]
    assert b"EAAA" not in first


def test_the_same_key_takes_effect_once(tmp_path, vendor):
    line = build_line(operation="add", quantity=5, before=None)
    with writing(vendor, tmp_path) as (writer, _):
        body = writer.encode([line], "key-1")
        assert look(writer.send([line], "key-1", body)) == {"r1": "confirmed"}
        assert look(writer.send([line], "key-1", body)) == {"r1": "confirmed"}
        assert vendor.numbers["A1", "L1"] == 15
        assert look(send(writer, line, key="key-2")) == {"r1": "confirmed"}
    assert vendor.numbers["A1", "L1"] == 20


def test_another_request_under_a_used_key_leaves_it_open(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, _):
        send(writer, build_line())
        assert look(send(writer, build_line(quantity=99))) == {"r1": "ambiguous"}
    assert vendor.numbers["A1", "L1"] == 12


def test_one_bad_line_is_named_and_the_others_are_sent_again(tmp_path, vendor):
    lines = (MANY[0], build_line("gone", receipt_id="r2"), MANY[2])
    with writing(vendor, tmp_path) as (writer, _):
        answer = send(writer, *lines)
        assert look(answer) == {"r1": "unapplied", "r2": "refused", "r3": "unapplied"}
        assert "NOT_FOUND it is NOT_FOUND" in answer.lines["r2"].evidence
        assert vendor.numbers["A1", "L1"] == 10
        assert look(send(writer, lines[0], lines[2], key="key-2")) == {
            "r1": "confirmed",
            "r3": "confirmed",
        }


def refuse(code, status=400, category="INVALID_REQUEST_ERROR", **more):
    error = {"category": category, "code": code, "detail": "no"}
    return answer_json({"errors": [error]}, status=status, **more)


@pytest.mark.parametrize(
    ("reply", "outcome", "is_down"),
    [
        (refuse("INVALID_VALUE"), "refused", False),
        (refuse("INVALID_TIME"), "unapplied", True),
        (refuse("UNAUTHORIZED", 401, "AUTHENTICATION_ERROR"), "unapplied", True),
        (refuse("INSUFFICIENT_SCOPES", 403, "AUTHENTICATION_ERROR"), "unapplied", True),
        (refuse("RATE_LIMITED", 429, "RATE_LIMIT_ERROR"), "unapplied", False),
        (refuse("INTERNAL_SERVER_ERROR", 500, "API_ERROR"), "ambiguous", False),
        (answer_json({}), "ambiguous", False),
        (answer_json({"counts": [], "errors": [{"code": "X"}]}), "ambiguous", False),
        (Reply(b"<html>log in</html>", headers={"Content-Type": "text/html"}), "ambiguous", False),
        (answer_json({"counts": []}, toxic=Toxic(limit_bytes=5)), "ambiguous", False),
    ],
)
def test_every_answer_has_one_meaning(tmp_path, vendor, reply, outcome, is_down):
    vendor.error = reply
    with writing(vendor, tmp_path) as (writer, served):
        answer = send(writer, build_line())
        assert look(answer) == {"r1": outcome}
        assert answer.is_down is is_down
        assert len(served.server.asked) == 1


def test_a_refusal_that_names_no_line_sends_them_apart(tmp_path, vendor):
    vendor.error = refuse("INVALID_VALUE")
    with writing(vendor, tmp_path) as (writer, _):
        answer = send(writer, *MANY)
    assert set(look(answer).values()) == {"unapplied"}
    assert "send them apart" in answer.lines["r1"].evidence


def test_numbers_are_read_back_many_at_a_time(tmp_path, vendor):
    lines = [*MANY, build_line("gone", receipt_id="r4")]
    with writing(vendor, tmp_path) as (writer, served):
        assert writer.read(lines) == {"r1": 10, "r2": 10, "r3": 10, "r4": None}
        assert writer.read(lines[3:]) == {"r4": None}
    told = served.server.asked[0].json
    assert told["catalog_object_ids"] == ["A1", "A2", "A3", "gone"]
    assert told["location_ids"] == ["L1"]


def test_a_number_on_a_page_that_was_not_read_is_not_gone(tmp_path, vendor):
    def spoil(_asked, _reply):
        return answer_json({"counts": [], "cursor": "next"})

    with (
        serving_vendor(vendor, [], tmp_path, spoil=spoil, write={}) as served,
        pytest.raises(SourceContractError, match="'cursor' says that it failed"),
    ):
        served.connector.build_writer().read(MANY)


def test_another_fact_than_the_counted_one_is_not_sent(tmp_path, vendor):
    facts = {"on_hand": "IN_STOCK", "held": "RESERVED_FOR_SALE"}
    with writing(vendor, tmp_path, facts=facts) as (writer, served):
        answer = send(writer, build_line(fact="held"))
        assert look(answer) == {"r1": "refused"}
        assert served.server.asked == []


def test_a_token_of_its_own_writes(tmp_path, vendor):
    (tmp_path / "writer").write_text("EAAA-writer")
    with writing(vendor, tmp_path, write={"token": {"file": "writer"}}) as (writer, served):
        assert look(send(writer, build_line())) == {"r1": "unapplied"}
    assert served.server.asked[0].headers["authorization"] == "Bearer EAAA-writer"


def test_what_is_stored_is_sent(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, served):
        body = writer.encode([build_line("ü/'\"\n%2F")], "key-1")
        writer.send([build_line(quantity=99)], "key-1", body)
        told = served.server.asked[0].json
    assert told["changes"][0]["physical_count"]["catalog_object_id"] == "ü/'\"\n%2F"
    assert json.loads(body.partition(b"\n\n")[2]) == told
