"""NetSuite written to: one adjustment for one key, however often it is sent."""

import json

import pytest

from inventory_pipeline.errors import SourceError
from inventory_pipeline.model.delivery import Line, PreparingWriter, Writer
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Reply, StandIn, Toxic, refused_port
from inventory_pipeline_tests.support.vendors.netsuite import (
    LIMITED,
    FakeNetsuite,
    build_netsuite,
    say_no,
)
from inventory_pipeline_tests.support.vendors.vendor import PATIENT

KEY = "6f0c7d5e-3b1a-5c52-9c58-2f6d0a1b7e44"
RECORD = f"/services/rest/record/v1/inventoryAdjustment/eid:{KEY}"
RESET = Reply(b"x" * 50, toxic=Toxic(reset_after=5))


class Office:
    """An account behind a server, and a writer on it.

    Attributes:
        spoil: takes the good reply to an adjustment; gives what is answered instead.
    """

    def __init__(self, folder):
        self.account, self.folder = FakeNetsuite(), folder
        self.account.add("item", id=7, itemid="LAMP")
        self.account.add("item", id=8, itemid="BOX", stockunit=3)
        self.account.add("unitstypeuom", internalid=3, conversionrate="12")
        self.account.add_balance(7, 2, "400")
        self.spoil = lambda reply: reply
        self.server = StandIn(self._answer)

    def _answer(self, asked):
        reply = self.account.answer(asked)
        return self.spoil(reply) if "/record/" in asked.path else reply

    def build(self, url=None, **changes):
        write = {"adjustment_account": 58, "subsidiary": 1, **changes.pop("write", {})}
        options = {"timeouts": PATIENT, "retries": 0, **changes}
        return build_netsuite(
            url or self.server.url, self.folder, Clockwork(), write=write, **options
        ).build_writer()

    def send(self, quantity=-3, writer=None, key=KEY, **changes):
        line, writer = write_line(quantity, **changes), writer or self.build()
        writer.prepare([line])
        answer = writer.send([line], key, writer.encode([line], key))
        word = answer.lines[line.receipt_id]
        assert 0 < len(word.evidence) <= 200
        assert word.evidence.isprintable()
        self.answer = answer
        return word.outcome, word.evidence

    @property
    def stock(self):
        return int(self.account.find_stock(7, 2))

    @property
    def records(self):
        return [asked for asked in self.server.asked if "/record/" in asked.path]


def write_line(quantity, **changes):
    words = {
        "receipt_id": "r1", "item_id": "LAMP", "location_id": "2", "fact": "on_hand",
        "operation": "add", "before": None, "reference": "urn:receipt:r1", "reason": "correction",
    }  # fmt: skip
    return Line(**{**words, "quantity": quantity, **changes})


@pytest.fixture
def office(tmp_path):
    made = Office(tmp_path)
    with made.server:
        yield made


def test_it_says_what_it_offers(office):
    writer = office.build(rate_limit={"per_second": 2})
    assert isinstance(writer, Writer)
    assert isinstance(writer, PreparingWriter)
    assert (writer.delivery_class, writer.operations, writer.max_lines) == ("B", {"add"}, 1)
    assert (writer.caches_errors, writer.rate) == (False, 2)
    assert writer.key_lifetime.days > 3000


def test_a_number_is_one_adjustment_with_our_key_as_its_external_id(office):
    assert office.send()[0] == "confirmed"
    assert office.stock == 397
    [asked] = office.records
    assert (asked.method, asked.path, asked.query) == ("PUT", RECORD, {"replace": ["inventory"]})
    assert json.loads(asked.body) == {
        "account": {"id": "58"},
        "adjLocation": {"id": "2"},
        "subsidiary": {"id": "1"},
        "memo": "urn:receipt:r1",
        "inventory": {"items": [{"item": {"id": "7"}, "location": {"id": "2"}, "adjustQtyBy": -3}]},
    }


def test_the_same_key_takes_effect_once(office):
    assert [office.send()[0] for _ in range(3)] == ["confirmed"] * 3
    assert (office.stock, len(office.records)) == (397, 3)


def test_without_replacing_the_lines_it_would_take_effect_every_time(office):
    """What the trap is: a list of lines is appended to when a record is updated."""
    asked = office.send() and office.records[0]
    office.account.answer(type(asked)(asked.method, asked.path, {}, asked.headers, asked.body))
    assert office.stock == 394


@pytest.mark.parametrize(
    "reply", [RESET, Reply(b"oops", 502), Reply(b"", 202), Reply(b"<html>log in</html>", 200)]
)
def test_an_answer_that_got_lost_is_settled_by_the_same_key(office, reply):
    left = [reply]
    office.spoil = lambda good: left.pop() if left else good
    assert office.send()[0] == "ambiguous"
    assert office.send()[0] == "confirmed"
    assert office.stock == 397


def test_the_stored_bytes_are_the_same_whoever_makes_them_and_hold_no_secret(office):
    line = write_line(-3)
    first, second = (office.build().encode([line], KEY) for _ in range(2))
    assert first == second
    assert b"PRIVATE" not in first
    assert b"Bearer" not in first


def test_what_was_stored_is_what_is_sent(office):
    writer = office.build()
    body = writer.encode([write_line(-3)], KEY)
    assert writer.send([write_line(-99)], KEY, body).lines["r1"].outcome == "confirmed"
    assert office.stock == 397


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fact": "available"}, "only the fact read from quantityonhand is added to"),
        ({"item_id": "lamp"}, "0 items are called 'lamp'"),
        ({"item_id": "x' or '1'='1"}, "0 items are called"),
        ({"location_id": "Main"}, "the location 'Main' is no internal id"),
        ({"item_id": "BOX"}, "adjusted in a unit of 12 and counted in ones"),
    ],
)
def test_what_can_never_be_taken_is_refused_before_it_is_sent(office, changes, said):
    outcome, evidence = office.send(**changes)
    assert outcome == "refused"
    assert said in evidence
    assert office.records == []


def test_a_name_that_two_items_carry_is_refused(office):
    office.account.add("item", id=9, itemid="LAMP")
    assert office.send() == ("refused", "2 items are called 'LAMP'")


def test_a_unit_that_is_the_base_unit_is_fine(office):
    office.account.add("item", id=10, itemid="EACH", stockunit=4)
    office.account.add("unitstypeuom", internalid=4, conversionrate="1.0")
    assert office.send(item_id="EACH")[0] == "confirmed"


def test_an_account_without_units_of_measure_says_so_in_its_options(office):
    office.account.base.execute("drop table unitstypeuom")
    with pytest.raises(SourceError, match="unitstypeuom"):
        office.send()
    writer = office.build(write={"units": "base"})
    assert office.send(writer=writer)[0] == "confirmed"


def test_ids_are_taken_where_the_options_say_so(office):
    writer = office.build(identify_by="id")
    assert office.send(writer=writer, item_id="7")[0] == "confirmed"
    assert office.send(writer=writer, item_id="LAMP")[0] == "refused"


def test_netsuites_no_is_said_in_its_words(office):
    said = "You have entered an Invalid Field Value 58 for the following field: account"
    office.spoil = lambda _: say_no(400, "INVALID_CONTENT", said, "account")
    outcome, evidence = office.send()
    assert outcome == "refused"
    assert "Invalid Field Value 58" in evidence


def test_that_others_use_the_account_up_is_waited_for(office):
    office.spoil = lambda _: LIMITED
    assert office.send()[0] == "unapplied"
    assert office.answer.wait.total_seconds() == 30


def test_a_right_that_is_missing_changes_nothing(office):
    office.spoil = lambda _: say_no(403, "INSUFFICIENT_PERMISSION", "Permission Violation")
    assert office.send()[0] == "unapplied"
    assert office.answer.is_down


def test_nobody_there_is_said_so(office):
    writer = office.build()
    body = writer.encode([write_line(-3)], KEY)
    with refused_port() as port:
        gone = office.build(f"http://127.0.0.1:{port}")
        answer = gone.send([write_line(-3)], KEY, body)
        assert (answer.lines["r1"].outcome, answer.is_down) == ("unapplied", True)
        with pytest.raises(SourceError):
            gone.read([write_line(-3)])


def test_numbers_are_read_back_in_base_units(office):
    office.account.add_balance(7, 2, "2", binnumber=4, quantityavailable="1")
    office.account.add_balance(8, 2, "0.5")
    lines = [
        write_line(1, receipt_id="sum"),
        write_line(1, receipt_id="free", fact="available"),
        write_line(1, receipt_id="half", item_id="BOX"),
        write_line(1, receipt_id="none", location_id="99"),
        write_line(1, receipt_id="who", item_id="NOBODY"),
    ]
    shown = office.build().read(lines)
    assert shown == {"sum": 402, "free": 401, "half": None, "none": None, "who": None}


def test_the_writer_has_an_integration_of_its_own(office, tmp_path):
    mine = {"client_id": "writer", "certificate_id": "w1", "key": {"file": "netsuite.pem"}}
    mine["algorithm"] = "ES256"
    with pytest.raises(SourceError, match="the credentials were not taken"):
        office.send(writer=office.build(write=mine))
