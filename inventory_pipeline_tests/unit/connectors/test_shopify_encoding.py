"""The bytes of a request: whoever changes them changes what a key stands for."""

import json

from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.shopify.encoding import encode_request
from inventory_pipeline_tests.support.shopify.sources import line

LINES = [line("r1", "A", 3, 4), line("r2", "Ж", 5, None, location_id="2")]


def encode(lines, key="k"):
    return encode_request(
        lines,
        key,
        name="available",
        find_item=lambda one: f"gid://shopify/InventoryItem/{len(one.item_id)}",
        find_place=lambda one: f"gid://shopify/Location/{one.location_id}",
    )


def test_the_bytes_are_these_and_no_others():
    text = encode(LINES).decode("ascii")
    assert text.startswith('{"query":"\\nmutation Set($input: InventorySetQuantitiesInput!, $key')
    assert text.partition('"variables":')[2] == (
        '{"input":{"name":"available","quantities":['
        '{"changeFromQuantity":4,"inventoryItemId":"gid://shopify/InventoryItem/1",'
        '"locationId":"gid://shopify/Location/1","quantity":3},'
        '{"changeFromQuantity":null,"inventoryItemId":"gid://shopify/InventoryItem/1",'
        '"locationId":"gid://shopify/Location/2","quantity":5}],'
        '"reason":"correction",'
        '"referenceDocumentUri":"gid://inventory-pipeline/Dispatch/k"},"key":"k"}}'
    )


def test_an_add_names_its_delta():
    adds = [line("r1", "A", -3, 4, operation="add")]
    inner = json.loads(encode(adds))["variables"]["input"]
    assert inner["changes"][0]["delta"] == -3
    assert "quantities" not in inner


@given(st.integers(-(10**9), 10**9), st.none() | st.integers(-(10**9), 10**9), st.text(max_size=20))
def test_same_lines_and_key_are_the_same_bytes_and_other_ones_are_not(quantity, before, key):
    lines = [line("r1", "A", quantity, before)]
    body = encode(lines, key)
    assert body == encode(list(lines), key)
    assert body.isascii()
    assert body != encode([line("r1", "A", quantity + 1, before)], key)
    assert body != encode(lines, f"{key}x")
