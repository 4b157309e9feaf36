"""Odoo's own Python client (odoo-client-lib) on our stand-in, beside our connector.

What it can read and change there, it reads and changes as we do: so the stand-in speaks as the
client of the people who wrote the server expects.
"""

import xmlrpc.client

import pytest

from inventory_pipeline_tests.integration.connectors.test_odoo import serving
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.vendors.odoo import DATABASE, KEY, LOGIN, QUANTS, FakeOdoo

odoolib = pytest.importorskip("odoolib")
TRANSPORTS = pytest.mark.parametrize("transport", ["json2", "xmlrpc"])
COUNTING = {"inventory_mode": True}


@pytest.fixture
def odoo():
    database = FakeOdoo()
    database.may_write = True
    shelf = database.add_place("WH/Stock")
    for number in range(3):
        product = database.add_product(f"S{number}")
        database.add_quant(product, shelf, 10.0 * number, reserved_quantity=1.0)
    return database


def connect(server, transport, key=KEY):
    return odoolib.get_connection(
        hostname="127.0.0.1", protocol=transport, port=server.port, database=DATABASE,
        login=LOGIN, password=key,
    ).get_model(QUANTS)  # fmt: skip


@TRANSPORTS
def test_it_reads_what_we_read(tmp_path, odoo, transport):
    facts = {"on_hand": "quantity", "available": "available_quantity"}
    with serving(tmp_path, odoo, transport, facts=facts) as connector:
        _, pages = land(connector, "counts", tmp_path / "landing")
        ours = connector.parse("counts", pages).rows
        quants = connect(connector.server, transport)
        theirs = quants.search_read(
            domain=[["location_id.usage", "=", "internal"]], fields=list(facts.values())
        )
    for fact, name in facts.items():
        units = [float(text) for text in ours.filter(fact=fact)["quantity"]]
        assert units == [record[name] for record in theirs]


@TRANSPORTS
def test_it_meets_the_wizard_that_we_take_for_a_no(tmp_path, odoo, transport):
    with serving(tmp_path, odoo, transport) as connector:
        quants = connect(connector.server, transport)
        call = {"context": COUNTING}
        if transport == "json2":
            assert quants.write(ids=[2], vals={"inventory_quantity": 12}, **call) is True
            odoo.find(QUANTS, 2)["quantity"] = 7.0
            said = quants.action_apply_inventory(ids=[2], **call)
        else:
            assert quants.write([2], {"inventory_quantity": 12}, **call) is True
            odoo.find(QUANTS, 2)["quantity"] = 7.0
            said = quants.action_apply_inventory([2], **call)
    assert said["res_model"] == "stock.inventory.conflict"
    assert odoo.find(QUANTS, 2)["quantity"] == 7


def test_over_xml_rpc_a_method_that_returns_nothing_looks_like_a_fault_and_is_done(tmp_path, odoo):
    with serving(tmp_path, odoo, "xmlrpc") as connector:
        quants = connect(connector.server, "xmlrpc")
        quants.write([2], {"inventory_quantity": 12}, context=COUNTING)
        with pytest.raises(xmlrpc.client.Fault, match="cannot marshal None"):
            quants.action_apply_inventory([2], context=COUNTING)
    assert odoo.find(QUANTS, 2)["quantity"] == 12


@TRANSPORTS
def test_it_is_not_let_in_with_another_key(tmp_path, odoo, transport):
    with serving(tmp_path, odoo, transport) as connector:
        quants = connect(connector.server, transport, key="another")
        with pytest.raises(Exception, match="Authentication fail"):
            quants.search_read(domain=[], fields=["quantity"])
