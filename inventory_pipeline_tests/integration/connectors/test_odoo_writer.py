"""Odoo written to: a yes is what returned nothing and shows the number; a wizard is no yes."""

import pytest

from inventory_pipeline.connectors.odoo.connector import OdooConnector
from inventory_pipeline.connectors.odoo.options import OdooOptions
from inventory_pipeline.errors import SourceError, SourceRefusedError
from inventory_pipeline.model.delivery import Line, Writer
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Reply, StandIn, Toxic, refused_port
from inventory_pipeline_tests.support.vendors.odoo import (
    DATABASE,
    KEY,
    LOGIN,
    QUANTS,
    FakeOdoo,
    OdooError,
    serve_json2,
    serve_xmlrpc,
)
from inventory_pipeline_tests.support.vendors.vendor import PATIENT

NOTE, MAKE, APPLY = f"{QUANTS}.write", f"{QUANTS}.create", f"{QUANTS}.action_apply_inventory"
LOOK = f"{QUANTS}.search_read"
RESET = Reply(b"x" * 50, toxic=Toxic(reset_after=5))
SERVE = {"json2": serve_json2, "xmlrpc": serve_xmlrpc}


class Office:
    """A database behind a server, and a writer on it.

    Attributes:
        spoil: takes "model.method" and the good reply; gives what is answered instead.
    """

    def __init__(self, transport, folder):
        self.odoo, self.transport, self.folder = FakeOdoo(), transport, folder
        self.odoo.may_write = True
        self.place = self.odoo.add_place("WH/Stock")
        self.product = self.odoo.add_product("A-1")
        self.quant = self.odoo.add_quant(self.product, self.place, 400.0)
        self.spoil = lambda _step, reply: reply
        self.server = StandIn(self._answer)
        (folder / "key").write_text(KEY)

    def _answer(self, asked):
        before = len(self.odoo.calls)
        reply = SERVE[self.transport](self.odoo, asked)
        steps = self.odoo.calls[before:]
        return self.spoil(steps[0], reply) if steps else reply

    def build(self, url=None, **changes):
        given = {
            "url": url or self.server.url, "key": {"file": "key"}, "timeouts": PATIENT,
            "locate_by": "complete_name", "write": {}, "retries": 0, **changes,
        }  # fmt: skip
        if self.transport == "xmlrpc":
            given |= {"transport": "xmlrpc", "login": LOGIN, "database": DATABASE}
        return OdooConnector(
            system="erp",
            options=OdooOptions.model_validate(given),
            root=str(self.folder),
            world=Clockwork().build_world(),
        ).build_writer()

    def send(self, quantity=410, writer=None, **changes):
        line, writer = write_line(quantity, **changes), writer or self.build()
        answer = writer.send([line], "k1", writer.encode([line], "k1"))
        word = answer.lines[line.receipt_id]
        assert 0 < len(word.evidence) <= 200
        assert word.evidence.isprintable()
        assert KEY not in word.evidence
        self.answer = answer
        return word.outcome, word.evidence

    @property
    def shown(self):
        return self.odoo.find(QUANTS, self.quant)["quantity"]

    @property
    def is_noted(self):
        return self.odoo.find(QUANTS, self.quant)["inventory_quantity_set"]

    def meanwhile(self, step, change, times=1):
        left = [change] * times

        def before(seen):
            if seen == step and left:
                left.pop()()

        self.odoo.before = before

    def sell(self, units=3):
        self.odoo.find(QUANTS, self.quant)["quantity"] -= units


def write_line(quantity, *, before=400, **changes):
    words = {
        "receipt_id": "r1", "item_id": "A-1", "location_id": "WH/Stock", "fact": "on_hand",
        "operation": "set", "reference": "urn:receipt:r1", "reason": "correction",
    }  # fmt: skip
    return Line(**{**words, "quantity": quantity, "before": before, **changes})


@pytest.fixture(params=["json2", "xmlrpc"])
def office(request, tmp_path):
    made = Office(request.param, tmp_path)
    with made.server:
        yield made


def test_it_says_what_it_offers(office):
    writer = office.build(rate_limit={"per_second": 14})
    assert isinstance(writer, Writer)
    assert (writer.delivery_class, writer.key_lifetime, writer.caches_errors) == ("C", None, False)
    assert (writer.operations, writer.max_lines, writer.rate) == ({"set"}, 1, 2)
    assert office.build().rate is None


def test_the_bytes_are_the_same_whoever_makes_them(office):
    first, second = (office.build().encode([write_line(410)], "k1") for _ in range(2))
    assert first == second
    assert KEY.encode() not in first


def test_a_number_is_set_in_seven_questions(office):
    assert office.send() == ("confirmed", "applied, 410 are there now")
    assert (office.shown, office.is_noted) == (410, False)
    calls = [call for call in office.odoo.calls if "check" not in call]
    assert calls[-5:] == [LOOK, NOTE, LOOK, APPLY, LOOK]
    assert len(calls) == 7


def test_every_change_is_made_while_counting(office):
    office.send()
    assert office.is_noted is False  # without inventory_mode the stand-in refuses to write


def test_odoo_conflict_dict_is_failure(office):
    """Status 200 and a wizard: the quantity moved between noting and applying."""
    office.meanwhile(APPLY, office.sell)
    outcome, said = office.send()
    assert outcome == "stale"
    assert "moved since it was counted" in said
    assert (office.shown, office.is_noted) == (397, False)


def test_another_wizard_is_a_failure_too(office):
    office.odoo.find("product.product", office.product)["tracking"] = "lot"
    assert office.send() == ("refused", "Odoo wants a person to decide: stock.track.confirmation")
    assert (office.shown, office.is_noted) == (400, False)


def test_a_yes_that_the_number_contradicts_is_none(office):
    def undo(step, reply):
        if step == APPLY:
            office.odoo.find(QUANTS, office.quant)["quantity"] = 400.0
        return reply

    office.spoil = undo
    assert office.send() == ("ambiguous", "Odoo said yes, and 400 are there now")


def test_a_number_that_moved_before_is_left_alone(office):
    office.sell()
    assert office.send() == ("stale", "397 is there, not 400")
    assert (NOTE in office.odoo.calls, office.shown) == (False, 397)


def test_a_number_that_moved_before_it_was_noted_is_left_alone(office):
    office.meanwhile(NOTE, office.sell)
    assert office.send() == ("stale", "397 is there, not 400")
    assert (APPLY in office.odoo.calls, office.shown, office.is_noted) == (False, 397, False)


def test_without_a_number_before_it_is_set_all_the_same(office):
    office.sell()
    assert office.send(before=None)[0] == "confirmed"
    assert office.shown == 410


def test_a_number_that_is_there_already_is_not_touched(office):
    assert office.send(400) == ("confirmed", "400 are there already")
    assert NOTE not in office.odoo.calls


def test_where_nothing_lies_a_quant_is_made(office):
    office.odoo.tables[QUANTS].clear()
    assert office.send(5, before=0) == ("confirmed", "applied, 5 are there now")
    assert MAKE in office.odoo.calls
    assert [quant["quantity"] for quant in office.odoo.tables[QUANTS]] == [5]


def test_zero_is_a_number_like_others(office):
    assert office.send(0) == ("confirmed", "applied, 0 are there now")
    assert office.shown == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fact": "available"}, "only the fact read from quantity is set"),
        ({"operation": "add"}, "only the fact read from quantity is set, not add"),
        ({"quantity": -1}, "never below zero"),
        ({"item_id": "B-2"}, "0 products are called 'B-2'"),
        ({"location_id": "WH/Attic"}, "0 locations are called 'WH/Attic'"),
        ({"item_id": "{0}' or 1=1 --"}, "0 products are called"),
    ],
)
def test_what_can_never_be_set_is_refused(office, changes, said):
    outcome, evidence = office.send(**changes)
    assert outcome == "refused"
    assert said in evidence
    assert office.shown == 400


def test_a_reference_that_two_products_carry_is_refused(office):
    office.odoo.add_product("A-1")
    assert office.send() == ("refused", "2 products are called 'A-1'")


def test_ids_are_taken_where_the_options_say_so(office):
    writer = office.build(identify_by="id", locate_by="id")
    sent = {"writer": writer, "item_id": str(office.product), "location_id": str(office.place)}
    assert office.send(**sent)[0] == "confirmed"
    assert office.send(**{**sent, "item_id": "A-1"})[0] == "refused"


def test_what_is_kept_by_lot_is_refused(office):
    office.odoo.add_quant(office.product, office.place, 5.0, lot_id=3)
    assert office.send()[0] == "refused"
    assert office.shown == 400


def test_stock_of_somebody_else_is_not_in_the_way(office):
    office.odoo.add_quant(office.product, office.place, 5.0, owner_id=3)
    assert office.send()[0] == "confirmed"


def test_two_quants_are_waited_for(office):
    office.odoo.add_quant(office.product, office.place, 5.0)
    assert office.send() == ("unapplied", "2 quants hold this number just now")


def test_a_count_of_a_person_is_not_overwritten(office):
    quant = office.odoo.find(QUANTS, office.quant)
    quant |= {"inventory_quantity": 8.0, "inventory_quantity_set": True}
    outcome, said = office.send()
    assert outcome == "unapplied"
    assert "somebody counted 8 in Odoo" in said
    assert quant["inventory_quantity"] == 8


@pytest.mark.parametrize("reply", [RESET, Reply(b"oops", 500), Reply(b"<html>", 200)])
@pytest.mark.parametrize("step", [LOOK, NOTE])
def test_before_it_is_applied_nothing_has_changed(office, step, reply):
    left = [reply]
    office.spoil = lambda seen, good: left.pop() if seen == step and left else good
    assert office.send()[0] == "unapplied"
    assert (office.shown, office.is_noted) == (400, False)
    assert office.send()[0] == "confirmed"


@pytest.mark.parametrize("reply", [RESET, Reply(b"oops", 502), Reply(b"<html>", 200)])
def test_an_answer_that_got_lost_while_it_was_applied_leaves_nobody_knowing(office, reply):
    office.spoil = lambda seen, good: reply if seen == APPLY else good
    assert office.send()[0] == "ambiguous"
    assert office.build().read([write_line(410)]) == {"r1": 410}


def test_a_count_of_ours_that_stayed_behind_is_taken_up_again(office):
    """The note got through, its answer did not, and nor did taking it back."""
    left = [RESET, RESET]
    office.spoil = lambda seen, good: left.pop() if seen == NOTE and left else good
    office.odoo.before = lambda _step: None
    assert office.send()[0] == "unapplied"
    quant = office.odoo.find(QUANTS, office.quant)
    quant |= {"inventory_quantity": 410, "inventory_quantity_set": True}
    assert office.send()[0] == "confirmed"


@pytest.mark.parametrize(
    ("error", "outcome", "is_down"),
    [
        (OdooError(422, 2, "Only a stock manager can validate this."), "refused", False),
        (OdooError(403, 4, "You are not allowed to modify 'Quants'."), "unapplied", True),
    ],
)
def test_odoos_no_is_said_in_its_words(office, error, outcome, is_down):
    def refuse():
        raise error

    office.meanwhile(APPLY, refuse)
    assert office.send()[0] == outcome
    assert error.text in office.answer.lines["r1"].evidence
    assert "secret internals" not in office.answer.lines["r1"].evidence
    assert (office.answer.is_down, office.shown, office.is_noted) == (is_down, 400, False)


def test_a_wait_that_is_asked_for_is_told(office):
    office.spoil = lambda seen, good: (
        Reply(b"", 429, headers={"Retry-After": "9"}) if seen == APPLY else good
    )
    assert office.send()[0] == "unapplied"
    assert office.answer.wait.total_seconds() == 9


def test_nobody_there_is_said_so(office):
    with refused_port() as port:
        writer = office.build(f"http://127.0.0.1:{port}")
        assert office.send(writer=writer)[0] == "unapplied"
        assert office.answer.is_down
        with pytest.raises(SourceError):
            writer.read([write_line(410)])


def test_a_key_that_is_not_there_stops_nobody_else(office, tmp_path):
    writer = office.build()
    (tmp_path / "key").unlink()
    assert office.send(writer=writer)[0] == "unapplied"
    assert office.answer.is_down
    with pytest.raises(SourceRefusedError, match="secret file"):
        writer.read([write_line(410)])


def test_numbers_are_read_back_as_they_are_counted(office):
    office.odoo.add_quant(office.product, office.place, 2.0, lot_id=1)
    office.odoo.add_product("EMPTY")
    office.odoo.add_quant(office.odoo.add_product("HALF"), office.place, 0.5)
    lines = [
        write_line(1, receipt_id=code, item_id=code) for code in ("A-1", "EMPTY", "HALF", "NONE")
    ]
    shown = office.build().read(lines)
    assert shown == {"A-1": 402, "EMPTY": 0, "HALF": None, "NONE": None}


def test_the_writer_has_a_key_of_its_own(office, tmp_path):
    (tmp_path / "writers").write_text("the-writers-own-key")
    writer = office.build(write={"key": {"file": "writers"}})
    assert office.send(writer=writer)[0] == "unapplied"
    assert "the-writers-own-key" not in office.answer.lines["r1"].evidence
    sent = office.server.asked[-1]
    assert b"the-writers-own-key" in sent.body + sent.headers.get("authorization", "").encode()
