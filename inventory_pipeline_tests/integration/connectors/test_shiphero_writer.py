"""The shiphero writer: a number is set without a key, so it is read before and after."""

from contextlib import contextmanager

import pytest

from inventory_pipeline.errors import SourceRefusedError, SourceUnavailableError
from inventory_pipeline.model.delivery import PreparingWriter, Writer
from inventory_pipeline_tests.support.stand_in import Reply, Toxic, answer_json
from inventory_pipeline_tests.support.vendors.shiphero import (
    ACCESS,
    REFRESH,
    ShipheroVendor,
    build_errors,
)
from inventory_pipeline_tests.support.vendors.vendor import serving_vendor
from inventory_pipeline_tests.support.write_targets import build_line

DONE = {"request_id": "5d0d5e3c", "warehouse_product": {"on_hand": 12}}


@pytest.fixture
def vendor():
    return ShipheroVendor(numbers={("A1", "L1"): 10, ("A1", "L2"): 4})


@contextmanager
def writing(vendor, folder, spoil=None, **options):
    given = {"write": {}, **options}
    with serving_vendor(vendor, [], folder, spoil=spoil, **given) as served:
        yield served.connector.build_writer(), served


def send(writer, line):
    writer.prepare([line])
    answer = writer.send([line], "key-1", writer.encode([line], "key-1"))
    said = answer.lines[line.receipt_id]
    assert 0 < len(said.evidence) <= 200
    return answer, said


def test_it_says_what_it_offers(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, _):
        assert isinstance(writer, Writer)
        assert isinstance(writer, PreparingWriter)
        assert (writer.delivery_class, writer.key_lifetime) == ("C", None)
        assert writer.operations == {"set"}
        assert writer.max_lines == 1
    with serving_vendor(vendor, [], tmp_path) as served:
        assert served.connector.build_writer() is None


def test_a_number_is_set_and_says_why(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, served):
        _, said = send(writer, build_line())
        assert said.outcome == "confirmed"
    assert vendor.numbers == {("A1", "L1"): 12, ("A1", "L2"): 4}
    assert served.server.asked[-1].json["variables"]["data"] == {
        "sku": "A1", "warehouse_id": "L1", "quantity": 12,
        "reason": "inventory-pipeline urn:receipt:r1",
    }  # fmt: skip


def test_a_customers_number_is_set_as_the_customers(tmp_path, vendor):
    with writing(vendor, tmp_path, customer_account="Q1") as (writer, served):
        send(writer, build_line())
        writer.read([build_line()])
    told = [asked.json["variables"] for asked in served.server.asked[-2:]]
    assert told[0]["data"]["customer_account_id"] == "Q1"
    assert told[1]["account"] == "Q1"


def test_what_is_stored_holds_no_token(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, _):
        send(writer, build_line())
        stored = writer.encode([build_line()], "key-1")
    assert ACCESS.encode() not in stored
    assert REFRESH.encode() not in stored


@pytest.mark.parametrize(
    ("reply", "outcome", "is_down"),
    [
        (build_errors("inventory_replace", 5, "Not found"), "refused", False),
        (build_errors("inventory_replace", 30, "Not enough credits"), "unapplied", False),
        (build_errors("inventory_replace", 7, "Missing required scope(s)"), "unapplied", True),
        (build_errors("inventory_replace", 3, "Something"), "ambiguous", False),
        (answer_json({"data": {"inventory_replace": None}}), "ambiguous", False),
        (answer_json({"data": {"inventory_replace": DONE}, "errors": [{"code": 5}]}),
         "ambiguous", False),
        (answer_json({"data": {"inventory_replace": {"warehouse_product": {"on_hand": 11}}}}),
         "ambiguous", False),
        (answer_json({"message": "Unauthorized"}, status=401), "unapplied", True),
        (answer_json({}, status=429), "unapplied", False),
        (answer_json({}, status=502), "ambiguous", False),
        (Reply(b"<html>", headers={"Content-Type": "text/html"}), "ambiguous", False),
        (answer_json({"data": {}}, toxic=Toxic(limit_bytes=5)), "ambiguous", False),
    ],
)  # fmt: skip
def test_every_answer_has_one_meaning(tmp_path, vendor, reply, outcome, is_down):
    vendor.error = reply
    with writing(vendor, tmp_path) as (writer, served):
        answer, said = send(writer, build_line())
        assert said.outcome == outcome
        assert answer.is_down is is_down
        sent = [asked for asked in served.server.asked if "replace" in str(asked.json)]
    assert len(sent) == 1
    assert vendor.numbers["A1", "L1"] == 10


def test_credits_that_are_used_up_are_waited_for(tmp_path, vendor):
    vendor.error = build_errors("inventory_replace", 30, "Not enough credits")
    with writing(vendor, tmp_path) as (writer, _):
        answer, _ = send(writer, build_line())
    assert answer.wait is not None


def test_numbers_are_read_back_one_by_one(tmp_path, vendor):
    lines = [
        build_line(), build_line(location_id="L2", receipt_id="r2"),
        build_line("gone", receipt_id="r3"),
    ]  # fmt: skip
    with writing(vendor, tmp_path) as (writer, _):
        assert writer.read(lines) == {"r1": 10, "r2": 4, "r3": None}


def test_a_read_back_that_fails_is_no_number(tmp_path, vendor):
    reply = build_errors("warehouse_products", 30, "Not enough credits")
    with (
        writing(vendor, tmp_path, spoil=lambda *_: reply) as (writer, _),
        pytest.raises(Exception, match="'errors' says that it failed"),
    ):
        writer.read([build_line()])


def test_a_warehouse_that_assigns_its_bins_is_a_persons_business(tmp_path, vendor):
    vendor.slotted = ("L1",)
    with writing(vendor, tmp_path) as (writer, served):
        _, said = send(writer, build_line())
        assert said.outcome == "refused"
        assert "warehouse L1 assigns bins by itself" in said.evidence
        _, other = send(writer, build_line(location_id="L2"))
        assert other.outcome == "confirmed"
        asked = [one for one in served.server.asked if "account {" in str(one.json)]
    assert len(asked) == 1
    assert vendor.numbers == {("A1", "L1"): 10, ("A1", "L2"): 12}


@pytest.mark.parametrize(("code", "error"), [(30, SourceUnavailableError), (7, SourceRefusedError)])
def test_nothing_is_sent_while_it_is_not_known_what_may_be(tmp_path, vendor, code, error):
    vendor._show_warehouses = lambda: build_errors("account", code, "no")
    with writing(vendor, tmp_path) as (writer, _), pytest.raises(error, match="the warehouses"):
        writer.prepare([build_line()])


def test_another_fact_is_not_sent(tmp_path, vendor):
    facts = {"on_hand": "on_hand", "available": "available"}
    with writing(vendor, tmp_path, facts=facts) as (writer, _):
        _, said = send(writer, build_line(fact="available"))
    assert said.outcome == "refused"
    assert "available is no number of its own there" in said.evidence
