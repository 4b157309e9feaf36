"""The bigcommerce connector on a stand-in: levels by location, adjustments that are done later."""

import json
from contextlib import contextmanager
from dataclasses import replace

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.bigcommerce import BigcommerceConnector
from inventory_pipeline.errors import SourceContractError, SourceRefusedError
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.stand_in import Reply, Toxic, answer_json
from inventory_pipeline_tests.support.vendors.bigcommerce import (
    CLOSED,
    TOKEN,
    BigcommerceVendor,
    refuse,
)
from inventory_pipeline_tests.support.vendors.vendor import Level, serving_vendor
from inventory_pipeline_tests.support.write_targets import build_line as build_any_line

ON_HAND = "total_inventory_onhand"


@pytest.fixture
def vendor():
    return BigcommerceVendor(numbers={("A1", 1): 10, ("A2", 1): 10, ("A1", 3): 4, ("74", 1): 6})


def level(item="A", place="1", on_hand=5, **more):
    return Level(item, place, {ON_HAND: on_hand, **more})


def build_line(item="A1", **changes):
    return build_any_line(item, **{"location_id": "1", **changes})


def read(vendor, levels, folder, spoil=None, **options):
    """Return what a fetch said, the rows and rejected lines of its pages, and the server."""
    folder.mkdir(exist_ok=True)
    with serving_vendor(vendor, levels, folder, spoil=spoil, **options) as served:
        fetched, pages = land(served.connector, "counts", folder / "landing")
        part = served.connector.parse("counts", pages)
    return fetched, part.rows, part.rejected, served


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


def test_every_location_of_every_item_is_a_row_a_fact(tmp_path, vendor):
    levels = [level(available_to_sell=3, safety_stock=2), level("A", "3", -2), level("B", "1", 0)]
    facts = {"on_hand": ON_HAND, "available": "available_to_sell", "held": "safety_stock"}
    fetched, rows, rejected, _ = read(vendor, levels, tmp_path, facts=facts)
    assert rows.rows()[:3] == [
        (1, "A", "1", "on_hand", "5", "2026-04-06T10:05:00Z"),
        (1, "A", "1", "available", "3", "2026-04-06T10:05:00Z"),
        (1, "A", "1", "held", "2", "2026-04-06T10:05:00Z"),
    ]
    on_hand = rows.filter(rows["fact"] == "on_hand")
    assert on_hand.select("item_id", "location_id", "quantity").rows()[1:] == [
        ("A", "3", "-2"),
        ("B", "1", "0"),
    ]
    assert rejected.is_empty()
    assert (fetched.is_complete, fetched.is_suspect, fetched.notes) == (True, False, ())


def test_committed_not_subtracted_twice(tmp_path, vendor):
    levels = [level(on_hand=10, available_to_sell=8, safety_stock=2)]
    _, rows, _, _ = read(vendor, levels, tmp_path, facts={"available": "available_to_sell"})
    assert rows.select("fact", "quantity").rows() == [("available", "8")]


def test_missing_is_not_zero(tmp_path, vendor):
    _, rows, _, _ = read(vendor, [level(on_hand=None), level("B", on_hand=1.5)], tmp_path)
    assert rows["quantity"].to_list() == [None, "1.5"]


def test_a_location_that_is_closed_is_left_out_and_noted(tmp_path, vendor):
    levels = [level(), level("A", str(CLOSED)), level("B", str(CLOSED))]
    fetched, rows, _, _ = read(vendor, levels, tmp_path)
    assert rows["location_id"].to_list() == ["1"]
    assert fetched.notes == ("rows left out because location_enabled is 'false': 2",)
    assert not fetched.is_suspect


def test_pages_end_at_the_total(tmp_path, vendor):
    levels = [level(f"S{number}", on_hand=number) for number in range(7)]
    fetched, rows, _, served = read(vendor, levels, tmp_path)
    assert rows["quantity"].to_list() == [str(number) for number in range(7)]
    assert fetched.is_complete
    assert [asked.first("page") for asked in served.pages] == ["1", "2", "3"]


def test_items_are_called_by_their_variant(tmp_path, vendor):
    _, rows, _, _ = read(vendor, [level()], tmp_path, identify_by="variant_id")
    assert rows["item_id"].to_list() == ["74"]


def test_a_limit_that_is_used_up_is_waited_for_in_milliseconds(tmp_path, vendor):
    def spoil(asked, good):
        spent = {"X-Rate-Limit-Requests-Left": "0", "X-Rate-Limit-Time-Reset-Ms": "15000"}
        is_first = asked.first("page") == "1"
        return replace(good, headers={**good.headers, **spent}) if is_first else good

    levels = [level(f"S{number}") for number in range(4)]
    fetched, _, _, served = read(vendor, levels, tmp_path, spoil=spoil)
    assert fetched.is_complete
    assert 14.9 < sum(served.clock.slept) < 30


def test_too_often_is_waited_for_as_long_as_it_says(tmp_path, vendor):
    left = [answer_json({}, status=429, headers={"X-Rate-Limit-Time-Reset-Ms": "9000"})]
    fetched, _, _, served = read(
        vendor, [level()], tmp_path, spoil=lambda _, good: left.pop() if left else good
    )
    assert fetched.is_complete
    assert 8.9 < sum(served.clock.slept) < 18


def test_a_wrong_token_is_refused(tmp_path, vendor):
    with serving_vendor(vendor, [level()], tmp_path) as served:
        (tmp_path / "token").write_text("other")
        with pytest.raises(SourceRefusedError, match="401"):
            land(served.connector, "counts", tmp_path / "landing")


def test_it_says_what_it_offers(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, _):
        assert isinstance(writer, Writer)
        assert (writer.delivery_class, writer.key_lifetime) == ("C", None)
        assert (writer.operations, writer.max_lines) == ({"set"}, 2000)
    with writing(vendor, tmp_path, write={"adjust": "relative"}) as (writer, _):
        assert (writer.delivery_class, writer.key_lifetime) == ("D", None)
        assert (writer.operations, writer.max_lines) == ({"add"}, 2000)
    with serving_vendor(vendor, [], tmp_path) as served:
        assert served.connector.build_writer() is None


def test_what_was_taken_is_open_until_it_is_read(tmp_path, vendor):
    lines = [build_line(), build_line("A1", location_id="3", receipt_id="r2", quantity=0)]
    with writing(vendor, tmp_path) as (writer, served):
        answer = send(writer, *lines)
        assert look(answer) == {"r1": "ambiguous", "r2": "ambiguous"}
        assert "a1b2c3d4" in answer.lines["r1"].evidence
        assert writer.read(lines) == {"r1": 10, "r2": 4}
        vendor.work()
        assert writer.read(lines) == {"r1": 12, "r2": 0}
    told = served.server.asked[0]
    assert (told.method, told.path) == ("PUT", "/stores/abc123/v3/inventory/adjustments/absolute")
    assert told.json == {
        "reason": "inventory-pipeline key-1",
        "items": [
            {"location_id": 1, "sku": "A1", "quantity": 12},
            {"location_id": 3, "sku": "A1", "quantity": 0},
        ],
    }


def test_an_addition_is_a_relative_adjustment(tmp_path, vendor):
    line = build_line(operation="add", quantity=-3)
    with writing(vendor, tmp_path, write={"adjust": "relative"}) as (writer, served):
        assert look(send(writer, line)) == {"r1": "ambiguous"}
        vendor.work()
        assert writer.read([line]) == {"r1": 7}
    told = served.server.asked[0]
    assert (told.method, told.path) == ("POST", "/stores/abc123/v3/inventory/adjustments/relative")
    assert told.json["items"] == [{"location_id": 1, "sku": "A1", "quantity": -3}]


def test_variants_are_written_by_their_number(tmp_path, vendor):
    with writing(vendor, tmp_path, identify_by="variant_id") as (writer, served):
        send(writer, build_line("74"))
        vendor.work()
        assert writer.read([build_line("74")]) == {"r1": 12}
    assert served.server.asked[0].json["items"] == [
        {"location_id": 1, "variant_id": 74, "quantity": 12}
    ]


def test_one_bad_line_lets_them_leave_apart(tmp_path, vendor):
    lines = [build_line(), build_line("gone", receipt_id="r2")]
    with writing(vendor, tmp_path) as (writer, _):
        answer = send(writer, *lines)
        assert look(answer) == {"r1": "unapplied", "r2": "unapplied"}
        assert "send them apart" in answer.lines["r1"].evidence
        assert look(send(writer, lines[1])) == {"r2": "refused"}
    assert vendor.jobs == []


@pytest.mark.parametrize(
    ("reply", "outcome", "is_down"),
    [
        (refuse({"items.0": "inventory is tracked by product"}), "refused", False),
        (answer_json({"title": "Unauthorized"}, status=401), "unapplied", True),
        (answer_json({"title": "no scope"}, status=403), "unapplied", True),
        (answer_json({}, status=429), "unapplied", False),
        (answer_json({}, status=500), "ambiguous", False),
        (answer_json({"anything": "else"}), "ambiguous", False),
        (Reply(b"", status=204), "ambiguous", False),
        (Reply(b"<html>log in</html>", headers={"Content-Type": "text/html"}), "ambiguous", False),
        (answer_json({"transaction_id": "x"}, toxic=Toxic(limit_bytes=5)), "ambiguous", False),
    ],
)
def test_every_answer_has_one_meaning(tmp_path, vendor, reply, outcome, is_down):
    vendor.error = reply
    with writing(vendor, tmp_path) as (writer, served):
        answer = send(writer, build_line())
        assert look(answer) == {"r1": outcome}
        assert answer.is_down is is_down
        assert len(served.server.asked) == 1


def test_too_often_is_left_alone_for_as_long_as_it_says(tmp_path, vendor):
    vendor.error = answer_json({}, status=429, headers={"X-Rate-Limit-Time-Reset-Ms": "9000"})
    with writing(vendor, tmp_path) as (writer, _):
        answer = send(writer, build_line())
    assert answer.wait is not None
    assert answer.wait.total_seconds() == 9


def test_numbers_are_read_back_location_by_location(tmp_path, vendor):
    lines = [
        build_line("A1"), build_line("A2", receipt_id="r2"),
        build_line("A1", location_id="3", receipt_id="r3"), build_line("gone", receipt_id="r4"),
        build_line("A1", location_id="9", receipt_id="r5"),
    ]  # fmt: skip
    with writing(vendor, tmp_path) as (writer, served):
        assert writer.read(lines) == {"r1": 10, "r2": 10, "r3": 4, "r4": None, "r5": None}
    asked = [(one.path.rpartition("inventory/")[2], one.first("sku:in"))
             for one in served.server.asked]  # fmt: skip
    assert asked == [
        ("locations/1/items", "A1,A2,gone"),
        ("locations/3/items", "A1"),
        ("locations/9/items", "A1"),
    ]


def test_a_number_on_a_page_that_was_not_read_is_not_gone(tmp_path, vendor):
    page = {"data": [], "meta": {"pagination": {"total_pages": 2}}}
    vendor._show_location = lambda *_: answer_json(page)
    with writing(vendor, tmp_path) as (writer, _), pytest.raises(SourceContractError):
        writer.read([build_line()])


def test_another_fact_than_the_adjusted_one_is_not_sent(tmp_path, vendor):
    facts = {"on_hand": ON_HAND, "available": "available_to_sell"}
    with writing(vendor, tmp_path, facts=facts) as (writer, served):
        assert look(send(writer, build_line(fact="available"))) == {"r1": "refused"}
        assert served.server.asked == []


def test_what_is_stored_is_sent_and_holds_no_token(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, served):
        body = writer.encode([build_line()], "key-1")
        writer.send([build_line(quantity=99)], "key-1", body)
        assert served.server.asked[0].json == json.loads(body.partition(b"\n\n")[2])
    assert TOKEN.encode() not in body


def test_a_token_of_its_own_writes(tmp_path, vendor):
    (tmp_path / "writer").write_text("bc-writer")
    with writing(vendor, tmp_path, write={"token": {"file": "writer"}}) as (writer, served):
        assert look(send(writer, build_line())) == {"r1": "unapplied"}
    assert served.server.asked[0].headers["x-auth-token"] == "bc-writer"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"facts": {"on_hand": "inventory_level"}}, "'inventory_level' has no declared meaning"),
        ({"write": {}}, "only total_inventory_onhand is adjusted"),
        ({"store": "abc/123"}, "store"),
        ({"page_size": 5000}, "1000"),
        ({"base_url": "http://api.bigcommerce.com/stores"}, "https"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, said):
    usual = {"store": "abc123", "token": {"env": "TOKEN"}}
    with pytest.raises(ValidationError, match=said):
        BigcommerceConnector.options_model.model_validate({**usual, **options})
