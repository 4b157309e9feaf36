"""Every document of ours against the schemas the vendor publishes, version by version.

A document that is wrong for one version is wrong for everybody who names it. The schemas come
from npm; where it is not there, these tests say so and are skipped.
"""

import pytest
from graphql import parse

from inventory_pipeline.connectors.shopify import documents
from inventory_pipeline.connectors.shopify.encoding import REASONS
from inventory_pipeline.connectors.shopify.options import VERSIONS
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.shopify.published import SchemasMissingError, load_schema
from inventory_pipeline_tests.support.shopify.shop import Shop, find_errors
from inventory_pipeline_tests.support.shopify.sources import line, open_shop
from inventory_pipeline_tests.support.shopify.state import REASONS as THEIRS

pytestmark = pytest.mark.peer

DOCUMENTS = {
    name: text
    for name, text in vars(documents).items()
    if isinstance(text, str) and text.lstrip().startswith(("query", "mutation"))
}


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def schema(version):
    try:
        return load_schema(version)
    except SchemasMissingError as error:
        pytest.skip(str(error))


def test_there_are_documents():
    assert len(DOCUMENTS) == 17


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_fits(schema, name):
    document = parse(DOCUMENTS[name])
    # Without variables, what is mandatory is missing; nothing else may be wrong.
    said = [error.message for error in find_errors(schema, document, {})]
    assert [text for text in said if "was not provided" not in text] == []


def test_a_whole_day_of_reading_and_writing_fits(tmp_path, schema, version):
    shop = Shop(schemas=load_schema)
    shop.shelf.add("A", *range(4, 12))
    shop.shelf.add("B", 5)
    options = {"version": version, "levels": 3, "write": {}, "timeouts": {}}
    with open_shop(tmp_path, shop, **options) as opened:
        fetched, _ = land(opened.connector, "counts", tmp_path / "landing")
        writer = opened.writer
        sets = [line("r1", "A", 3, 4), line("r2", "B", 3, None)]
        adds = [line("r3", "A", -1, 3, operation="add")]
        said = [
            outcome.outcome
            for number, lines in enumerate((sets, adds))
            for outcome in writer.send(
                lines, f"key {number}", writer.encode(lines, f"key {number}")
            ).lines.values()
        ]
        numbers = writer.read(sets)
    assert fetched.is_complete
    assert said == ["confirmed"] * 3
    assert numbers == {"r1": 2, "r2": 3}


def test_places_by_name_fit(tmp_path, schema, version):
    shop = Shop(schemas=load_schema)
    shop.shelf.add("A", 4)
    options = {"version": version, "locate_by": "name", "write": {}, "timeouts": {}}
    with open_shop(tmp_path, shop, **options) as opened:
        assert opened.writer.read([line("r1", "A", 3, 4, location_id="L1")]) == {"r1": 4}


def test_a_bulk_operation_fits_and_so_does_what_it_runs(tmp_path, schema, version):
    shop = Shop(schemas=load_schema)
    shop.shelf.add("A", 4, 5)
    options = {"version": version, "bulk_from": 1, "timeouts": {}}
    with open_shop(tmp_path, shop, **options) as opened:
        fetched, pages = land(opened.connector, "counts", tmp_path / "landing")
        rows = opened.connector.parse("counts", pages).rows
    assert shop.bulks.begun == 1
    assert fetched.is_complete
    assert rows.height == 4


@pytest.mark.parametrize("location", [None, "7"])
def test_orders_and_what_their_pages_do_not_show_fit(tmp_path, schema, version, location):
    scopes = ["read_inventory", "read_products", "read_orders", "read_fulfillments"]
    sees = [] if location else ["read_merchant_managed_fulfillment_orders"]
    shop = Shop(schemas=load_schema, scopes=scopes + sees)
    item = shop.shelf.add("A", 9)
    order = shop.book.place()
    lines = [order.add_line(item, 1) for _ in range(3)]
    order.promise("gid://shopify/Location/1", *lines)
    for sold in lines:
        order.send("gid://shopify/Location/1", sold)
        order.refund("RETURN", "gid://shopify/Location/1", sold, 1)
    asked = {"lines": 2, "parcels": 2, "location": location}
    options = {"version": version, "movements": asked, "timeouts": {}}
    with open_shop(tmp_path, shop, **options) as opened:
        fetched, pages = land(opened.connector, "movements", tmp_path / "landing")
        rows = opened.connector.parse("movements", pages).rows
    assert fetched.is_complete
    assert rows.height == 9


def test_a_document_of_the_year_before_does_not_fit(schema):
    text = (
        "mutation { inventorySetQuantities(input: {ignoreCompareQuantity: true}) { __typename } }"
    )
    found = find_errors(schema, parse(text), {})
    assert any("ignoreCompareQuantity" in error.message for error in found)


def test_our_reasons_are_among_theirs():
    assert set(REASONS.values()) <= set(THEIRS)
