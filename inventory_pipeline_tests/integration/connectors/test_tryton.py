"""Tryton's faults, one at every step: what was not confirmed has no effect, and is said so."""

from datetime import timedelta

import pytest
import yaml

from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.tryton import TrytonConnector, TrytonOptions
from inventory_pipeline.connectors.tryton_writer import PREFIX
from inventory_pipeline.errors import ConfigError, SourceError
from inventory_pipeline.model.delivery import Line, Writer
from inventory_pipeline.model.ports import Connector, WritableConnector
from inventory_pipeline_tests.support.docs import CONNECTOR_PAGES, read_examples
from inventory_pipeline_tests.support.fake_tryton import CREATED, FakeTryton, say_no
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.stand_in import Reply, Toxic, answer_json, refused_port

KEY = "0123456789abcdef-not-for-logs"
FIND, PRODUCTS = "GET stock.inventory", "GET product.product"
CREATE, LOOK = "POST stock.inventory", "PUT stock.inventory/1"
CONFIRM, DELETE = "POST stock.inventory/1/confirm", "DELETE stock.inventory/1"
RESET = Reply(b"x" * 50, toxic=Toxic(reset_after=5))
FAULT = Reply(b"<h1>Internal</h1>", 500, headers={"Content-Type": "text/html"})


@pytest.fixture
def tryton():
    with FakeTryton() as server:
        yield server


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("TRYTON_KEY", KEY)


def build(url, **changes):
    options = {
        "url": url,
        "database": "erp",
        "key": {"env": "TRYTON_KEY"},
        "locations": {"STO": 3, "BACK": 4},
        **changes,
    }
    checked = TrytonOptions.model_validate(options)
    world = Surroundings(sleep=lambda _seconds: None)
    return TrytonConnector(system="erp", options=checked, root=".", world=world)


def write_line(quantity=410, *, before=400, **changes):
    words = {
        "receipt_id": "r1",
        "item_id": "A-1",
        "location_id": "STO",
        "fact": "on_hand",
        "operation": "set",
        "reference": "urn:receipt:r1",
        "reason": "correction",
    }
    return Line(**{**words, "quantity": quantity, "before": before, **changes})


def send(tryton, line=None, key="k1"):
    line, writer = line or write_line(), build(tryton.url).build_writer()
    answer = writer.send([line], key, writer.encode([line], key))
    word = answer.lines[line.receipt_id]
    assert 0 < len(word.evidence) <= 200
    assert word.evidence.isprintable()
    assert KEY not in word.evidence
    return word.outcome, answer


def stand_at(step, reply, times=1):
    left = [reply] * times
    return lambda seen: left.pop() if seen == step and left else None


def find_states(tryton):
    return [count["state"] for count in tryton.counts.values()]


def test_it_keeps_the_ports(tryton):
    connector = build(tryton.url, rate_limit={"per_second": 14})
    writer = connector.build_writer()
    assert isinstance(connector, Connector)
    assert isinstance(connector, WritableConnector)
    assert isinstance(writer, Writer)
    assert (writer.delivery_class, writer.max_lines, writer.operations) == ("B", 1, {"set"})
    assert (writer.rate, writer.caches_errors) == (2, False)
    assert writer.key_lifetime > timedelta(days=365)
    assert build(tryton.url).build_writer().rate is None


def test_the_bytes_are_the_same_whoever_makes_them(tryton):
    first, second = (build(tryton.url).build_writer() for _ in range(2))
    assert first.encode([write_line()], "k1") == second.encode([write_line()], "k1")
    assert KEY.encode() not in first.encode([write_line()], "k1")


def test_the_stored_bytes_are_what_is_sent(tryton):
    writer = build(tryton.url).build_writer()
    body = writer.encode([write_line(410)], "k1")
    assert writer.send([write_line(99)], "k1", body).lines["r1"].outcome == "confirmed"
    assert tryton.stock["A-1", 3] == 410


def test_a_number_is_set_in_seven_questions(tryton):
    assert send(tryton)[0] == "confirmed"
    assert tryton.steps == [FIND, PRODUCTS, CREATE, FIND, LOOK, CONFIRM, PRODUCTS]
    assert tryton.stock["A-1", 3] == 410
    assert tryton.counts[1]["number"] == f"{PREFIX}k1"
    assert {asked.headers["accept-language"] for asked in tryton.asked} == {"en"}


def test_the_same_key_takes_effect_once(tryton):
    assert [send(tryton)[0] for _ in range(3)] == ["confirmed"] * 3
    assert tryton.stock["A-1", 3] == 410
    assert len(tryton.counts) == 1


def test_a_number_that_moved_is_left_alone(tryton):
    tryton.stock["A-1", 3] = 397.0
    outcome, answer = send(tryton)
    assert (outcome, answer.lines["r1"].evidence) == ("stale", "397 is there, not 400")
    assert (tryton.counts, tryton.stock["A-1", 3]) == ({}, 397)


def test_without_a_number_before_it_is_set_all_the_same(tryton):
    tryton.stock["A-1", 3] = 397.0
    assert send(tryton, write_line(before=None))[0] == "confirmed"
    assert tryton.stock["A-1", 3] == 410


@pytest.mark.parametrize("when", ["fault", "late"])
@pytest.mark.parametrize(
    "reply", [RESET, FAULT, Reply(b"{", headers={"Content-Type": "application/json"})]
)
@pytest.mark.parametrize("step", [PRODUCTS, CREATE, LOOK])
def test_before_it_is_confirmed_nothing_has_changed(tryton, step, reply, when):
    setattr(tryton, when, stand_at(step, reply))
    assert send(tryton)[0] == "unapplied"
    assert tryton.stock["A-1", 3] == 400
    assert send(tryton)[0] == "confirmed"
    assert (tryton.stock["A-1", 3], find_states(tryton)) == (410, ["done"])


@pytest.mark.parametrize("when", ["fault", "late"])
@pytest.mark.parametrize("reply", [RESET, FAULT, answer_json({"id": 1})])
def test_a_confirmation_nobody_knows_about_is_settled_by_the_same_key(tryton, reply, when):
    setattr(tryton, when, stand_at(CONFIRM, reply))
    outcome, answer = send(tryton)
    assert (outcome, answer.is_down) == ("ambiguous", reply is RESET)
    assert tryton.stock["A-1", 3] == (400 if when == "fault" else 410)
    assert send(tryton)[0] == "confirmed"
    assert (tryton.stock["A-1", 3], find_states(tryton)) == (410, ["done"])


@pytest.mark.parametrize("reply", [RESET, FAULT, say_no("You are not allowed to access")])
def test_while_the_past_of_the_key_is_unknown_nobody_knows(tryton, reply):
    tryton.fault = stand_at(FIND, reply)
    assert send(tryton)[0] == "ambiguous"
    assert tryton.counts == {}


def test_a_draft_that_cannot_be_taken_back_is_not_passed_over(tryton):
    tryton.fault = stand_at(CONFIRM, RESET)
    assert send(tryton)[0] == "ambiguous"
    tryton.fault = stand_at(DELETE, FAULT)
    assert send(tryton)[0] == "ambiguous"
    assert tryton.steps[-1] == DELETE
    assert send(tryton)[0] == "confirmed"
    assert tryton.stock["A-1", 3] == 410


def test_a_server_that_is_down_is_left_for_this_pass():
    with refused_port() as port:
        writer = build(f"http://127.0.0.1:{port}").build_writer()
        line = write_line()
        answer = writer.send([line], "k1", writer.encode([line], "k1"))
        assert (answer.lines["r1"].outcome, answer.is_down) == ("ambiguous", True)
        with pytest.raises(SourceError):
            writer.read([line])


def test_a_proxy_that_asks_for_time_gets_it(tryton):
    tryton.fault = stand_at(CREATE, Reply(status=503, headers={"Retry-After": "90"}))
    outcome, answer = send(tryton)
    assert (outcome, answer.wait, answer.is_down) == ("unapplied", timedelta(seconds=90), True)


@pytest.mark.parametrize("step", [CREATE, CONFIRM])
def test_a_broken_rule_refuses_the_line_and_a_missing_right_does_not(tryton, step):
    tryton.fault = stand_at(step, say_no("The period is closed."))
    outcome, answer = send(tryton)
    assert (outcome, "The period is closed." in answer.lines["r1"].evidence) == ("refused", True)
    tryton.fault = stand_at(step, say_no('You are not allowed to access "Stock Inventory".'))
    assert send(tryton)[0] == "unapplied"
    assert (tryton.stock["A-1", 3], tryton.counts) == (400, {})


def test_a_count_that_somebody_else_confirmed_meanwhile_is_done(tryton):
    def confirm(step):
        if step == CONFIRM:
            tryton.counts[1]["state"] = "done"

    tryton.fault = confirm
    assert send(tryton)[0] == "confirmed"


def test_a_count_that_a_person_cancelled_is_not_begun_again(tryton):
    tryton.fault = stand_at(CONFIRM, RESET)
    send(tryton)
    tryton.counts[1]["state"] = "cancelled"
    assert send(tryton)[0] == "refused"


@pytest.mark.parametrize(
    "changes",
    [
        {"item_id": "A-404"},
        {"location_id": "NOWHERE"},
        {"fact": "available"},
        {"operation": "add"},
        {"quantity": -1},
    ],
)
def test_what_can_never_be_done_is_refused(tryton, changes):
    assert send(tryton, write_line(**changes))[0] == "refused"
    assert tryton.counts == {}


def test_a_code_that_two_products_share_is_refused_and_not_shown(tryton):
    tryton.codes[9] = "A-1"
    assert send(tryton)[0] == "refused"
    assert build(tryton.url).build_writer().read([write_line()]) == {"r1": None}


@pytest.mark.parametrize(
    "code",
    ["../../etc", "=cmd()", "a\nb", "o'brien; drop table", "%", "a b", "ü†☃", "{item_id}", "00123"],
)
def test_an_identifier_arrives_as_it_is(tryton, code):
    tryton.codes[5], tryton.stock[code, 3] = code, 10.0
    assert send(tryton, write_line(12, before=10, item_id=code))[0] == "confirmed"
    assert (tryton.stock[code, 3], tryton.stock["A-1", 3]) == (12, 400)
    line = write_line(item_id=code)
    assert build(tryton.url).build_writer().read([line]) == {"r1": 12}


def test_a_product_measured_in_parts_is_neither_read_back_nor_set(tryton):
    tryton.stock["A-1", 3] = 2.5
    assert build(tryton.url).build_writer().read([write_line()]) == {"r1": None}
    assert send(tryton, write_line(3, before=2))[0] == "stale"
    assert tryton.stock["A-1", 3] == 2.5


def test_a_field_the_user_may_not_read_is_named(tryton):
    products = answer_json([{"id": 1, "code": "A-1"}])
    tryton.fault = stand_at(PRODUCTS, products)
    with pytest.raises(SourceError, match="no 'quantity'; may the user read that field"):
        build(tryton.url).build_writer().read([write_line()])


def leave_draft(tryton, **changes):
    tryton.counts[1] = {
        "number": f"{PREFIX}other", "state": "draft", "location": 3, "product": 1,
        "quantity": 420, "expected": 400.0, **changes,
    }  # fmt: skip


def test_a_younger_draft_of_ours_stands_in_the_way_until_it_is_gone(tryton):
    leave_draft(tryton)
    outcome, answer = send(tryton)
    assert outcome == "unapplied"
    assert answer.lines["r1"].evidence.endswith("is open: [1]")
    assert find_states(tryton) == ["draft"]


@pytest.mark.parametrize(
    "changes",
    [
        {"create_date": CREATED | {"minute": 49, "hour": 9}},
        {"location": 4},
        {"product": 2},
        {"number": "7"},
        {"state": "cancelled"},
    ],
)
def test_a_draft_that_is_old_or_about_another_number_does_not(tryton, changes):
    leave_draft(tryton, **changes)
    assert send(tryton)[0] == "confirmed"
    assert tryton.stock["A-1", 3] == 410


def test_every_place_is_read_by_itself_and_parsed_from_what_was_landed(tryton, tmp_path):
    connector = build(tryton.url)
    fetched, pages = land(connector, "counts", tmp_path)
    assert fetched.is_complete
    assert fetched.source_at is not None
    rows = connector.parse("counts", pages).rows
    assert rows.select("row", "item_id", "location_id", "fact", "quantity").rows() == [
        (1, "A-1", "STO", "on_hand", "400.0"),
        (2, "A-2", "STO", "on_hand", "90.0"),
        (3, "A-1", "BACK", "on_hand", "7.0"),
        (4, "A-2", "BACK", "on_hand", "0.0"),
    ]
    later = build(tryton.url, locations={"STO": 3})
    assert later.parse("counts", pages).rows.equals(rows)


def test_a_place_that_fails_fails_them_all(tryton, tmp_path):
    tryton.fault = lambda _: say_no("records don't exist") if len(tryton.steps) > 1 else None
    with pytest.raises(SourceError, match=r"^erp: counts: "):
        land(build(tryton.url), "counts", tmp_path)


def test_with_children_there_is_no_writing(tryton):
    with pytest.raises(ConfigError, match="name each of them to write"):
        build(tryton.url, with_children=True).build_writer()


def test_options_that_lead_nowhere_are_refused():
    with pytest.raises(ValueError, match="not encrypted"):
        build("http://tryton.example.com")


def test_the_example_of_the_page_is_taken_and_every_option_stands_there():
    [example] = read_examples("tryton.md")
    options = yaml.safe_load(example)["systems"]["erp"]["options"]
    assert TrytonOptions.model_validate(options).locations
    text = (CONNECTOR_PAGES / "tryton.md").read_text()
    assert [name for name in TrytonOptions.model_fields if f"`{name}`" not in text] == []
