"""Odoo read through a real server, over both of its transports."""

import json
from contextlib import contextmanager

import pytest
import yaml
from pydantic import ValidationError

from inventory_pipeline.config.systems import System
from inventory_pipeline.connectors.odoo.connector import OdooConnector
from inventory_pipeline.connectors.odoo.options import OdooOptions
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.model.ports import Connector, WritableConnector
from inventory_pipeline_tests.support.docs import CONNECTOR_PAGES, read_examples
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Reply, StandIn
from inventory_pipeline_tests.support.vendors.odoo import (
    DATABASE,
    KEY,
    LOGIN,
    MOVES,
    PLACES,
    PRODUCTS,
    QUANTS,
    FakeOdoo,
    OdooError,
    OdooVendor,
    serve_json2,
    serve_xmlrpc,
)
from inventory_pipeline_tests.support.vendors.vendor import PATIENT, Level, serving_vendor

SERVE = {"json2": serve_json2, "xmlrpc": serve_xmlrpc}
BOTH = pytest.mark.parametrize("transport", ["json2", "xmlrpc"])


@pytest.fixture
def odoo():
    database = FakeOdoo()
    database.add_place("Partners/Vendors", "supplier", False)
    database.add_place("Partners/Customers", "customer", False)
    database.add_place("Virtual/Inventory adjustment", "inventory", False)
    database.add_place("Physical/Transit", "transit", False)
    database.add_place("WH/Stock/Shelf 1", warehouse=1)
    database.add_place("WH/Stock/Shelf 2", warehouse=1)
    database.add_place("OUT/Stock", warehouse=2)
    return database


VENDOR, CUSTOMER, LOSS, TRANSIT, SHELF1, SHELF2, OUTLET = range(1, 8)


@contextmanager
def serving(tmp_path, odoo, transport="json2", *, spoil=None, **options):
    (tmp_path / "key").write_text(KEY)
    plan = SERVE[transport]

    def answer(asked):
        reply = plan(odoo, asked)
        return spoil(asked, reply) if spoil else reply

    clock = Clockwork()
    with StandIn(answer) as server:
        given = {"url": server.url, "key": {"file": "key"}, "timeouts": PATIENT, **options}
        if transport == "xmlrpc":
            given |= {"transport": "xmlrpc", "login": LOGIN, "database": DATABASE}
        checked = OdooOptions.model_validate(given)
        connector = OdooConnector(
            system="erp", options=checked, root=str(tmp_path), world=clock.build_world()
        )
        connector.server, connector.clock = server, clock
        yield connector


def read(tmp_path, odoo, feed="counts", transport="json2", **options):
    """Return what a fetch said, and the rows and rejected lines of its pages."""
    with serving(tmp_path, odoo, transport, **options) as connector:
        fetched, pages = land(connector, feed, tmp_path / "landing")
        frame = connector.parse(feed, pages)
    return fetched, frame.rows, frame.rejected


def show(rows, *columns):
    return rows.select(*columns).rows()


def test_it_keeps_the_ports(tmp_path, odoo):
    with serving(tmp_path, odoo) as connector:
        assert isinstance(connector, Connector)
        assert isinstance(connector, WritableConnector)
        assert connector.find_feeds() == ["counts", "movements"]
        assert connector.build_writer() is None


@BOTH
def test_quants_are_added_up_over_lots_and_packages(tmp_path, odoo, transport):
    lamp, oven = odoo.add_product("LAMP"), odoo.add_product("OVEN")
    odoo.add_quant(lamp, SHELF1, 12.0, lot_id=4, reserved_quantity=2.0)
    odoo.add_quant(lamp, SHELF1, 3.0, lot_id=5, package_id=9)
    odoo.add_quant(lamp, SHELF2, 1.0)
    odoo.add_quant(oven, SHELF1, 0.0)
    facts = {
        "on_hand": "quantity", "committed": "reserved_quantity", "available": "available_quantity",
    }  # fmt: skip
    fetched, rows, rejected = read(tmp_path, odoo, transport=transport, facts=facts)
    assert (fetched.is_complete, fetched.is_suspect, fetched.notes) == (True, False, ())
    assert rejected.is_empty()
    assert rows["as_of"].unique().to_list() == ["2026-04-06T10:05:00Z"]
    assert show(rows, "item_id", "location_id", "fact", "quantity") == [
        ("LAMP", "5", "on_hand", "15"),
        ("LAMP", "5", "committed", "2"),
        ("LAMP", "5", "available", "13"),
        ("LAMP", "6", "on_hand", "1"),
        ("LAMP", "6", "committed", "0"),
        ("LAMP", "6", "available", "1"),
        ("OVEN", "5", "on_hand", "0"),
        ("OVEN", "5", "committed", "0"),
        ("OVEN", "5", "available", "0"),
    ]


def test_both_transports_land_the_same_bytes(tmp_path, odoo):
    odoo.add_quant(odoo.add_product("LAMP"), SHELF1, 12.5)
    landed = {}
    for transport in SERVE:
        with serving(tmp_path, odoo, transport) as connector:
            _, pages = land(connector, "counts", tmp_path / transport)
            landed[transport] = [json.loads(p.body) for p in pages if p.kind == "json"]
    assert landed["json2"] == landed["xmlrpc"]


@BOTH
def test_consigned_stock_is_left_out_with_a_note_or_counted_on_purpose(tmp_path, odoo, transport):
    lamp = odoo.add_product("LAMP")
    odoo.add_quant(lamp, SHELF1, 10.0)
    odoo.add_quant(lamp, SHELF1, 5.0, owner_id=33)
    fetched, rows, _ = read(tmp_path, odoo, transport=transport)
    assert fetched.notes == ("quants left out because somebody else owns them: 1",)
    assert not fetched.is_suspect
    assert rows["quantity"].to_list() == ["10"]
    fetched, rows, _ = read(tmp_path, odoo, transport=transport, consigned="count")
    assert (fetched.notes, rows["quantity"].to_list()) == ((), ["15"])


def test_no_owner_and_no_other_name_is_ever_asked_for(tmp_path, odoo):
    odoo.add_quant(odoo.add_product("LAMP"), SHELF1, 10.0, owner_id=33)
    odoo.add_move(1, SHELF1, CUSTOMER, 1.0)
    for feed in ("counts", "movements"):
        with serving(tmp_path, odoo, consigned="count") as connector:
            _, pages = land(connector, feed, tmp_path / feed)
            asked = [a.json for a in connector.server.asked if a.path.endswith("search_read")]
        assert {body["load"] for body in asked} == {""}
        assert not any("owner" in name for body in asked for name in body["fields"])
        assert b"owner_id" not in b"".join(page.body for page in pages)


def test_only_stock_is_counted_and_transit_if_wanted(tmp_path, odoo):
    lamp = odoo.add_product("LAMP")
    for place in (CUSTOMER, LOSS, TRANSIT, SHELF1):
        odoo.add_quant(lamp, place, float(place))
    _, rows, _ = read(tmp_path, odoo)
    assert show(rows, "location_id", "quantity") == [("5", "5")]
    _, rows, _ = read(tmp_path, odoo, transit=True)
    assert show(rows, "location_id", "quantity") == [("4", "4"), ("5", "5")]


def test_one_company_is_a_matter_of_options(tmp_path, odoo):
    lamp = odoo.add_product("LAMP")
    odoo.add_quant(lamp, SHELF1, 1.0, company_id=1)
    odoo.add_quant(lamp, OUTLET, 2.0, company_id=2)
    _, rows, _ = read(tmp_path, odoo, company=2)
    assert show(rows, "location_id", "quantity") == [("7", "2")]


def test_a_place_is_called_by_id_by_name_or_by_its_warehouse(tmp_path, odoo):
    lamp = odoo.add_product("LAMP")
    for place in (SHELF1, SHELF2, OUTLET):
        odoo.add_quant(lamp, place, float(place))
    odoo.add_quant(lamp, SHELF1, 100.0, lot_id=1)
    _, rows, _ = read(tmp_path, odoo, locate_by="complete_name", locations=["WH/Stock/Shelf 1"])
    assert show(rows, "location_id", "quantity") == [("WH/Stock/Shelf 1", "105")]
    _, rows, _ = read(tmp_path, odoo, locate_by="warehouse")
    assert show(rows, "location_id", "bin", "quantity") == [
        ("1", "WH/Stock/Shelf 1", "105"),
        ("1", "WH/Stock/Shelf 2", "6"),
        ("2", "OUT/Stock", "7"),
    ]


def test_what_has_no_name_or_one_of_two_is_set_aside(tmp_path, odoo):
    twins = [odoo.add_product("TWIN"), odoo.add_product(" TWIN ")]
    nameless, blank = odoo.add_product(False), odoo.add_product("  ")
    for product in (*twins, nameless, blank, odoo.add_product("LAMP")):
        odoo.add_quant(product, SHELF1, 1.0)
    _, rows, rejected = read(tmp_path, odoo)
    assert rows["item_id"].to_list() == ["LAMP"]
    assert rejected["reason"].to_list() == [
        "2 items are called so: 1, 2",
        "2 items are called so: 1, 2",
        "the product 3 has no internal reference (default_code)",
        "the product 4 has no internal reference (default_code)",
    ]
    _, rows, rejected = read(tmp_path, odoo, identify_by="id")
    assert (rows["item_id"].to_list(), rejected.height) == (["1", "2", "3", "4", "5"], 0)


def test_an_archived_twin_counts_only_where_it_has_stock(tmp_path, odoo):
    odoo.add_quant(odoo.add_product("LAMP"), SHELF1, 1.0)
    old = odoo.add_product("LAMP", active=False)
    _, rows, rejected = read(tmp_path, odoo)
    assert (rows["item_id"].to_list(), rejected.height) == (["LAMP"], 0)
    odoo.add_quant(old, SHELF2, 1.0)
    _, rows, rejected = read(tmp_path, odoo)
    assert (rows.height, rejected.height) == (0, 2)


def test_what_the_user_may_not_see_is_set_aside_and_never_zero(tmp_path, odoo):
    odoo.add_quant(odoo.add_product("LAMP"), SHELF1, 1.0)
    odoo.add_quant(99, SHELF1, 1.0)
    odoo.add_place("WH/Lost", warehouse=False)
    odoo.add_quant(1, 8, 1.0)
    _, rows, rejected = read(tmp_path, odoo, locate_by="warehouse")
    assert show(rows, "item_id", "location_id") == [("LAMP", "1")]
    assert rejected["reason"].to_list() == [
        "the product 99 is not shown; may the user read it?",
        "the location 8 belongs to no warehouse",
    ]


@BOTH
def test_fractions_and_negatives_go_on_as_they_are(tmp_path, odoo, transport):
    for number, units in enumerate([0.5, -3.0, 1e-05, 2.5]):
        odoo.add_quant(odoo.add_product(f"S{number}"), SHELF1, units)
    _, rows, _ = read(tmp_path, odoo, transport=transport)
    assert rows["quantity"].to_list() == ["0.5", "-3", "1e-05", "2.5"]


def test_no_number_is_no_zero_and_makes_the_sum_none(tmp_path, odoo):
    lamp = odoo.add_product("LAMP")
    odoo.add_quant(lamp, SHELF1, 5.0)
    odoo.add_quant(lamp, SHELF1, None, lot_id=1)
    _, rows, _ = read(tmp_path, odoo)
    assert rows["quantity"].to_list() == [None]


@BOTH
def test_rows_that_come_and_go_while_pages_are_read_are_neither_lost_nor_doubled(
    tmp_path, odoo, transport
):
    """Pages by offset would skip a row for every one that vanishes before them."""
    for number in range(10):
        odoo.add_quant(odoo.add_product(f"S{number}"), SHELF1, 1.0)

    def move(step):
        if step == f"{QUANTS}.search_read":
            quants = odoo.tables[QUANTS]
            seen = odoo.calls.count(step)
            if seen == 3:
                del quants[0:2]
                odoo.add(QUANTS, id=50, product_id=1, location_id=SHELF2, quantity=7.0)

    odoo.before = move
    fetched, rows, _ = read(tmp_path, odoo, transport=transport, page_size=3)
    assert fetched.is_complete
    assert rows.height == 11
    assert show(rows.tail(1), "item_id", "location_id", "quantity") == [("S0", "6", "7")]


def test_a_page_that_got_lost_is_noticed(tmp_path, odoo):
    for number in range(9):
        odoo.add_quant(odoo.add_product(f"S{number}"), SHELF1, 1.0)

    def lose(asked, reply):
        is_page = asked.path.endswith(f"{QUANTS}/search_read")
        return (
            Reply(b"[]", headers=reply.headers)
            if is_page and b'"id", ">", 3' in asked.body
            else reply
        )

    fetched, _, _ = read(tmp_path, odoo, spoil=lose, page_size=3)
    assert not fetched.is_complete
    assert "3 rows came, and Odoo counts 9" in fetched.end_marker


def test_a_page_that_came_twice_is_suspect(tmp_path, odoo):
    for number in range(6):
        odoo.add_quant(odoo.add_product(f"S{number}"), SHELF1, 1.0)
    first = []

    def repeat(asked, reply):
        if asked.path.endswith(f"{QUANTS}/search_read"):
            first.append(reply)
            return first[0]
        return reply

    fetched, _, _ = read(tmp_path, odoo, spoil=repeat, page_size=3)
    assert (fetched.is_complete, fetched.is_suspect) == (False, True)


def test_a_quant_in_two_versions_is_set_aside(tmp_path):
    levels = [
        Level("A", "WH", {"quantity": 5}), Level("A", "WH", {"quantity": 6}),
        Level("B", "WH", {"quantity": 1}), Level("B", "WH", {"quantity": 1}),
    ]  # fmt: skip
    with serving_vendor(OdooVendor(), levels, tmp_path) as served:
        _, pages = land(served.connector, "counts", tmp_path / "landing")
        frame = served.connector.parse("counts", pages)
    assert show(frame.rows, "item_id", "quantity") == [("B", "1")]
    assert frame.rejected["reason"].to_list() == ["1 came twice, and not the same"] * 2


# Movements


@BOTH
def test_kinds_are_decided_by_the_usages_of_both_ends(tmp_path, odoo, transport):
    lamp = odoo.add_product("LAMP")
    for source, target in [
        (VENDOR, SHELF1), (SHELF1, CUSTOMER), (CUSTOMER, SHELF1), (SHELF1, VENDOR),
        (LOSS, SHELF1), (SHELF1, LOSS), (SHELF1, SHELF2), (SHELF1, TRANSIT), (TRANSIT, OUTLET),
        (VENDOR, CUSTOMER),
    ]:  # fmt: skip
        odoo.add_move(lamp, source, target, 4.0)
    fetched, rows, rejected = read(tmp_path, odoo, "movements", transport)
    assert (fetched.is_complete, rejected.height) == (True, 0)
    columns = ("movement_id", "kind", "location_id", "quantity", "destination_id")
    assert show(rows, *columns) == [
        ("1", "receipt", "5", "4", None),
        ("2", "shipment", "5", "4", None),
        ("3", "return_received", "5", "4", None),
        ("4", "shipment", "5", "4", None),
        ("5", "adjustment", "5", "4", None),
        ("6", "adjustment", "5", "-4", None),
        ("7-out", "transfer_out", "5", "4", "6"),
        ("7-in", "transfer_in", "6", "4", None),
        ("8", "transfer_out", "5", "4", None),
        ("9", "transfer_in", "7", "4", None),
    ]


def test_a_transit_location_that_is_counted_is_a_place_like_others(tmp_path, odoo):
    odoo.add_move(odoo.add_product("LAMP"), SHELF1, TRANSIT, 4.0)
    _, rows, _ = read(tmp_path, odoo, "movements", transit=True)
    assert show(rows, "movement_id", "kind", "location_id", "destination_id") == [
        ("1-out", "transfer_out", "5", "4"),
        ("1-in", "transfer_in", "4", None),
    ]


def test_within_one_warehouse_nothing_has_moved_where_warehouses_are_counted(tmp_path, odoo):
    lamp = odoo.add_product("LAMP")
    odoo.add_move(lamp, SHELF1, SHELF2, 4.0)
    odoo.add_move(lamp, SHELF1, OUTLET, 5.0)
    _, rows, _ = read(tmp_path, odoo, "movements", locate_by="warehouse")
    assert show(rows, "movement_id", "location_id", "destination_id") == [
        ("2-out", "1", "2"),
        ("2-in", "2", None),
    ]


def test_times_are_utc_and_say_so_and_orders_are_named(tmp_path, odoo):
    lamp = odoo.add_product("LAMP")
    odoo.add_move(lamp, SHELF1, CUSTOMER, 1.0, origin="S00042")
    odoo.add_move(lamp, SHELF1, CUSTOMER, 1.0)
    _, rows, _ = read(tmp_path, odoo, "movements")
    assert show(rows, "moved_at", "recorded_at", "reference_id") == [
        ("2026-04-06T09:30:00Z", "2026-04-06T09:30:01Z", "S00042"),
        ("2026-04-06T09:30:00Z", "2026-04-06T09:30:01Z", "WH/OUT/00001"),
    ]
    _, rows, _ = read(tmp_path, odoo, "movements", move_reference="reference")
    assert rows["reference_id"].unique().to_list() == ["WH/OUT/00001"]


def test_moves_are_read_again_as_far_back_as_the_options_say(tmp_path, odoo):
    lamp = odoo.add_product("LAMP")
    for stored in ("06:59:59", "07:00:00", "10:04:00"):
        odoo.add_move(lamp, SHELF1, CUSTOMER, 1.0, write_date=f"2026-04-06 {stored}")
    odoo.add_move(lamp, SHELF1, CUSTOMER, 1.0, state="assigned")
    _, rows, _ = read(tmp_path, odoo, "movements")
    assert rows["movement_id"].to_list() == ["2", "3"]
    _, rows, _ = read(tmp_path, odoo, "movements", overlap="4h")
    assert rows["movement_id"].to_list() == ["1", "2", "3"]


@BOTH
def test_no_move_is_lost_that_is_stored_while_pages_are_read(tmp_path, odoo, transport):
    lamp = odoo.add_product("LAMP")
    for _ in range(7):
        odoo.add_move(lamp, SHELF1, CUSTOMER, 1.0)

    def store(step):
        if step == f"{MOVES}.search_read" and odoo.calls.count(step) == 2:
            del odoo.tables[MOVES][0]
            odoo.add(MOVES, id=40, product_id=1, location_id=SHELF1, location_dest_id=CUSTOMER)

    odoo.before = store
    _, rows, _ = read(tmp_path, odoo, "movements", transport, page_size=3)
    assert rows["movement_id"].to_list() == ["1", "2", "3", "4", "5", "6", "7", "40"]


def test_before_odoo_17_the_unit_of_a_move_has_to_be_the_products(tmp_path, odoo):
    lamp = odoo.add_product("LAMP")
    odoo.add_move(lamp, SHELF1, CUSTOMER, 12.0)
    odoo.add_move(lamp, SHELF1, CUSTOMER, 1.0, product_uom_id=2)
    _, rows, rejected = read(tmp_path, odoo, "movements", "xmlrpc", move_quantity="qty_done")
    assert show(rows, "movement_id", "quantity") == [("1", "12")]
    assert rejected["reason"].to_list() == ["the move counts in unit 2, and its product in unit 1"]


def test_a_kind_of_ones_own_is_a_matter_of_options(tmp_path, odoo):
    odoo.add_move(odoo.add_product("LAMP"), SHELF1, LOSS, 4.0)
    _, rows, _ = read(tmp_path, odoo, "movements", leaving={"inventory": "write_off"})
    assert show(rows, "kind", "quantity") == [("write_off", "4")]


def test_moves_that_touch_no_place_of_ours_need_no_name(tmp_path, odoo):
    odoo.add_move(odoo.add_product(False), VENDOR, CUSTOMER, 1.0)
    odoo.add_move(1, 99, SHELF1, 1.0)
    _, rows, rejected = read(tmp_path, odoo, "movements")
    assert rows.is_empty()
    assert rejected["row"].to_list() == [2]


# Who asks, and what goes wrong


def test_the_key_travels_as_each_transport_has_it(tmp_path, odoo):
    with serving(tmp_path, odoo, database="shop") as connector:
        land(connector, "counts", tmp_path / "json2")
        headers = [asked.headers for asked in connector.server.asked]
    assert {h["authorization"] for h in headers} == {f"Bearer {KEY}"}
    assert {h["x-odoo-database"] for h in headers} == {"shop"}
    with serving(tmp_path, odoo, "xmlrpc") as connector:
        land(connector, "counts", tmp_path / "xmlrpc")
        asked = connector.server.asked
    assert {(a.path, a.headers["content-type"]) for a in asked} == {
        ("/xmlrpc/2/common", "text/xml"), ("/xmlrpc/2/object", "text/xml"),
    }  # fmt: skip
    assert not any("authorization" in a.headers for a in asked)


@BOTH
def test_a_key_that_ended_is_refused_in_words(tmp_path, odoo, transport):
    with serving(tmp_path, odoo, transport) as connector:
        (tmp_path / "key").write_text("another-key-0000")
        with pytest.raises(SourceRefusedError) as caught:
            land(connector, "counts", tmp_path / "landing")
    assert "erp: counts: " in str(caught.value)
    assert "key" in str(caught.value)
    assert "another-key" not in str(caught.value)


@BOTH
def test_a_right_that_is_missing_is_named_in_odoos_words(tmp_path, odoo, transport):
    def deny(step):
        if step == f"{QUANTS}.search_read":
            raise OdooError(403, 4, "You are not allowed to access 'Quants' (stock.quant) records.")

    odoo.before = deny
    said = r"HTTP 403.*'Quants' \(stock\.quant\)"
    with (
        serving(tmp_path, odoo, transport) as connector,
        pytest.raises(SourceRefusedError, match=said) as caught,
    ):
        land(connector, "counts", tmp_path / "landing")
    assert "secret internals" not in str(caught.value)


@BOTH
def test_a_key_that_may_do_more_than_it_has_to_is_noted(tmp_path, odoo, transport):
    odoo.may_write = True
    odoo.add_quant(odoo.add_product("LAMP"), SHELF1, 1.0)
    said = "the key may change stock, and this system only reads with it: give it a smaller one"
    assert read(tmp_path, odoo, transport=transport)[0].notes == (said,)
    assert read(tmp_path, odoo, transport=transport, write={})[0].notes == ()


def test_where_rights_cannot_be_asked_that_is_noted(tmp_path, odoo):
    def forget(step):
        if step.endswith("has_access"):
            raise OdooError(404, 1, "no such method")

    odoo.before = forget
    odoo.add_quant(odoo.add_product("LAMP"), SHELF1, 1.0)
    assert read(tmp_path, odoo)[0].notes == ("what the key may change could not be asked",)


@BOTH
@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_waited_for(tmp_path, odoo, transport, status):
    odoo.add_quant(odoo.add_product("LAMP"), SHELF1, 1.0)
    left = [Reply(b"later", status, headers={"Retry-After": "7"})]
    with serving(
        tmp_path, odoo, transport, spoil=lambda _, reply: left.pop() if left else reply
    ) as connector:
        fetched, _ = land(connector, "counts", tmp_path / "landing")
        assert connector.clock.slept == [7.0]
    assert fetched.is_complete


@BOTH
@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        (Reply(b"<html>log in</html>", headers={"Content-Type": "text/html"}), SourceContractError,
         "text/html, wanted"),
        (Reply(b"", 302, headers={"Location": "https://evil.example/"}), SourceRefusedError,
         "redirects to evil.example"),
        (Reply(b"down", 500), SourceUnavailableError, "HTTP 500"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_said_as_what_it_is(tmp_path, odoo, transport, reply, error, said):
    with (
        serving(tmp_path, odoo, transport, spoil=lambda *_: reply) as connector,
        pytest.raises(error, match=said),
    ):
        land(connector, "counts", tmp_path / "landing")


def test_an_xml_bomb_is_refused_through_the_door(tmp_path, odoo):
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><methodResponse/>'
    reply = Reply(bomb, headers={"Content-Type": "text/xml"})
    with (
        serving(tmp_path, odoo, "xmlrpc", spoil=lambda *_: reply) as connector,
        pytest.raises(SourceContractError, match="declares a document type"),
    ):
        land(connector, "counts", tmp_path / "landing")


def test_a_field_that_odoo_no_longer_has_is_named(tmp_path, odoo):
    def rename(asked, reply):
        if asked.path.endswith(f"{PRODUCTS}/search_read"):
            rows = [{k: v for k, v in row.items() if k != "default_code"} for row in
                    json.loads(reply.body)]  # fmt: skip
            return Reply(json.dumps(rows).encode(), headers=reply.headers)
        return reply

    odoo.add_quant(odoo.add_product("LAMP"), SHELF1, 1.0)
    with pytest.raises(SourceContractError, match="no row has 'default_code'"):
        read(tmp_path, odoo, spoil=rename)


# Options


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"facts": {"on_hand": "qty_available"}}, "'qty_available' has no declared meaning"),
        ({"key": None}, "key: give"),
        ({"transport": "xmlrpc"}, "also needs login and database"),
        ({"url": "http://odoo.example"}, "not encrypted"),
        ({"leaving": {"customer": "receipt"}}, "no kind that takes stock away"),
        ({"arriving": {"customer": "sold"}}, "'sold' is no kind"),
        ({"leaving": {"moon": "shipment"}}, "Input should be 'supplier'"),
        ({"feeds": []}, "at least 1 item"),
        ({"feeds": ["levels"]}, "'counts' or 'movements'"),
        ({"tables": 1}, "Extra inputs are not permitted"),
    ],
)
def test_options_that_cannot_be_are_refused_in_words(changes, message):
    given = {"url": "https://odoo.example", "key": {"env": "ODOO_KEY"}, **changes}
    with pytest.raises(ValidationError, match=message):
        OdooOptions.model_validate(given)


def test_a_warehouse_is_read_and_never_set(tmp_path, odoo):
    with (
        serving(tmp_path, odoo, locate_by="warehouse", write={}) as connector,
        pytest.raises(ConfigError, match="sets one location"),
    ):
        connector.build_writer()


def test_one_feed_alone_is_a_matter_of_options(tmp_path, odoo):
    with serving(tmp_path, odoo, feeds=["movements"]) as connector:
        assert connector.find_feeds() == ["movements"]
        with pytest.raises(ConfigError, match="there is no feed 'counts'"):
            land(connector, "counts", tmp_path / "landing")


def test_the_examples_of_the_page_are_taken_and_all_options_stand_on_it():
    examples = read_examples("odoo.md")
    assert len(examples) >= 2
    for example in examples:
        for settings in yaml.safe_load(example)["systems"].values():
            system = System.model_validate(settings)
            assert system.connector == "odoo"
            OdooOptions.model_validate(system.options)
    page = (CONNECTOR_PAGES / "odoo.md").read_text()
    assert [name for name in OdooOptions.model_fields if f"`{name}`" not in page] == []


def test_the_card_says_what_the_connector_is():
    card = OdooConnector.card
    assert (card.delivery, card.time_zone, card.absent_means) == ("C", "UTC", "unknown")
    OdooOptions.model_validate(yaml.safe_load(card.options))
    assert PLACES not in card.quantities
