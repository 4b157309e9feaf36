"""The woocommerce writer: an item is looked up, its stock set, and read again."""

from contextlib import contextmanager

import pytest

from inventory_pipeline.errors import SourceContractError, SourceRefusedError
from inventory_pipeline.model.delivery import PreparingWriter, Writer
from inventory_pipeline_tests.support.stand_in import Reply, Toxic, answer_json
from inventory_pipeline_tests.support.vendors.vendor import serving_vendor
from inventory_pipeline_tests.support.vendors.woocommerce import (
    SECRET,
    WoocommerceVendor,
    build_error,
    build_item,
    build_variation,
)
from inventory_pipeline_tests.support.write_targets import build_line as build_any_line


def build_line(item="A1", **changes):
    return build_any_line(item, fact="available", **changes)


@pytest.fixture
def vendor():
    return WoocommerceVendor(
        items=[
            build_item(7, "A1", 10),
            build_variation(91, "B-red", 4),
            build_variation(92, "B-blue", 20, manage_stock="parent"),
            build_item(8, "C", None, manage_stock=False),
        ]
    )


@contextmanager
def writing(vendor, folder, **options):
    with serving_vendor(vendor, [], folder, **{"write": {}, **options}) as served:
        yield served.connector.build_writer(), served


def send(writer, line):
    writer.prepare([line])
    answer = writer.send([line], "key-1", writer.encode([line], "key-1"))
    said = answer.lines[line.receipt_id]
    assert 0 < len(said.evidence) <= 200
    return answer, said


def find_puts(served):
    return [asked for asked in served.server.asked if asked.method == "PUT"]


def test_it_says_what_it_offers(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, _):
        assert isinstance(writer, Writer)
        assert isinstance(writer, PreparingWriter)
        assert (writer.delivery_class, writer.key_lifetime) == ("C", None)
        assert writer.operations == {"set"}
        assert writer.max_lines == 1
    with serving_vendor(vendor, [], tmp_path) as served:
        assert served.connector.build_writer() is None


@pytest.mark.parametrize(
    ("item", "path", "options"),
    [
        ("A1", "products/7", {}),
        ("B-red", "products/90/variations/91", {}),
        ("7", "products/7", {"identify_by": "id"}),
        ("91", "products/90/variations/91", {"identify_by": "id"}),
    ],
)
def test_stock_is_set_where_the_item_is_changed(tmp_path, vendor, item, path, options):
    with writing(vendor, tmp_path, **options) as (writer, served):
        _, said = send(writer, build_line(item))
        assert said.outcome == "confirmed"
        assert writer.read([build_line(item)]) == {"r1": 12}
        [put] = find_puts(served)
    assert put.path == f"/wp-json/wc/v3/{path}"
    assert put.json == {"stock_quantity": 12}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("B-blue", "it shares the stock of product 90: correct that one"),
        ("C", "its stock is not managed in the shop"),
        ("gone", "the shop knows no such item"),
        ("A1,C", "the shop knows no such item"),
    ],
)
def test_an_item_without_a_number_of_its_own_is_never_sent(tmp_path, vendor, item, said):
    with writing(vendor, tmp_path) as (writer, served):
        assert writer.read([build_line(item)]) == {"r1": None}
        _, told = send(writer, build_line(item))
        assert told.outcome == "refused"
        assert said in told.evidence
        assert find_puts(served) == []


def test_a_number_that_the_shop_does_not_know_is_no_item(tmp_path, vendor):
    with writing(vendor, tmp_path, identify_by="id") as (writer, _):
        assert writer.read([build_line("99999")]) == {"r1": None}


def test_two_items_of_one_sku_are_not_guessed_at(tmp_path, vendor):
    vendor.items.append(build_item(9, "A1", 3))
    with (
        writing(vendor, tmp_path) as (writer, _),
        pytest.raises(SourceContractError, match="2 items have the sku A1"),
    ):
        writer.read([build_line()])


def test_an_address_where_nothing_is_found_says_nothing_of_an_item(tmp_path, vendor):
    vendor.answer = lambda *_: build_error("rest_no_route", 404)
    with writing(vendor, tmp_path) as (writer, _), pytest.raises(SourceContractError, match="404"):
        writer.read([build_line()])


def test_a_look_up_is_not_made_twice_for_one_sending(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, served):
        writer.read([build_line()])
        send(writer, build_line())
        assert [asked.method for asked in served.server.asked] == ["GET", "PUT"]


@pytest.mark.parametrize(
    ("reply", "outcome", "is_down"),
    [
        (answer_json({"id": 7, "stock_quantity": 10}), "ambiguous", False),
        (answer_json({"id": 7, "stock_quantity": None}), "ambiguous", False),
        (build_error("woocommerce_rest_cannot_edit", 401), "unapplied", True),
        (build_error("woocommerce_rest_cannot_edit", 403), "unapplied", True),
        (build_error("rest_invalid_param", 400), "refused", False),
        (build_error("woocommerce_rest_product_invalid_id", 404), "refused", False),
        (build_error("too_many", 429), "unapplied", False),
        (build_error("internal_server_error", 500), "ambiguous", False),
        (Reply(b"<html>log in</html>", headers={"Content-Type": "text/html"}), "ambiguous", False),
        (answer_json({"id": 7}, toxic=Toxic(limit_bytes=3)), "ambiguous", False),
    ],
)
def test_every_answer_has_one_meaning(tmp_path, vendor, reply, outcome, is_down):
    vendor.error = reply
    with writing(vendor, tmp_path) as (writer, served):
        answer, said = send(writer, build_line())
        assert said.outcome == outcome
        assert answer.is_down is is_down
        assert len(find_puts(served)) == 1


def test_what_is_stored_is_sent_and_holds_no_secret(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, _):
        body = writer.encode([build_line()], "key-1")
        assert body.startswith(b"PUT products/7?_fields=")
        assert SECRET.encode() not in body
    with writing(vendor, tmp_path) as (later, _):
        answer = later.send([build_line()], "key-1", body)
        assert answer.lines["r1"].outcome == "confirmed"


def test_a_key_of_its_own_writes(tmp_path, vendor):
    for name in ("writer-key", "writer-secret"):
        (tmp_path / name).write_text("other")
    own = {"consumer_key": {"file": "writer-key"}, "consumer_secret": {"file": "writer-secret"}}
    with (
        writing(vendor, tmp_path, write=own) as (writer, _),
        pytest.raises(SourceRefusedError, match="401"),
    ):
        writer.prepare([build_line()])


def test_another_fact_is_not_sent(tmp_path, vendor):
    with writing(vendor, tmp_path) as (writer, served):
        _, said = send(writer, build_any_line(fact="on_hand"))
        assert said.outcome == "refused"
        assert find_puts(served) == []
