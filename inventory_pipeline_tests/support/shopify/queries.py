"""Queries of the stand-in: its shelf as the dicts and functions graphql-core resolves."""

import re
from typing import Any

from inventory_pipeline_tests.support.shopify.bulks import Bulks
from inventory_pipeline_tests.support.shopify.orders import Book
from inventory_pipeline_tests.support.shopify.paging import turn_page
from inventory_pipeline_tests.support.shopify.state import NAMES, PARTS, Item, Level, Shelf

CHANGED_AT = "2026-04-06T09:30:00Z"


def build_root(shelf: Shelf, scopes: list[str], book: Book, bulks: Bulks) -> dict[str, Any]:
    """Return what stands behind QueryRoot."""
    items = {gid: _show_item(shelf, item) for gid, item in shelf.items.items()}
    places = [{"id": gid, "name": name} for gid, name in shelf.places.items()]
    return {
        "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in scopes]},
        "inventoryProperties": {"quantityNames": [_show_name(name) for name in NAMES]},
        "inventoryItem": lambda _info, **given: items.get(given["id"]),
        "inventoryItems": lambda _info, first, after=None, query="": turn_page(
            [item for item in items.values() if _is_found(item, query)], first, after
        ),
        "locations": lambda _info, first, after=None, **_: turn_page(places, first, after),
        "nodes": lambda _info, ids: [items.get(gid) for gid in ids],
        "productVariantsCount": lambda _info, limit=10_000: {"count": min(limit, len(items))},
        "bulkOperation": lambda _info, **given: bulks.show(given["id"]),
        **book.build_root(items),
    }


def resolve_kind(value: Any, *_: Any) -> str:
    return re.match("gid://shopify/([A-Za-z]+)/", value["id"])[1]


def _show_name(name: str) -> dict[str, Any]:
    comprises = list(PARTS) if name == "on_hand" else []
    return {"name": name, "comprises": comprises, "belongsTo": []}


def _show_item(shelf: Shelf, item: Item) -> dict[str, Any]:
    levels = {place: _show_level(shelf, item, level) for place, level in item.levels.items()}
    return {
        "id": item.gid,
        "sku": item.sku,
        "tracked": item.is_tracked,
        "duplicateSkuCount": sum(one.sku == item.sku for one in shelf.items.values()) - 1,
        "inventoryLevel": lambda _info, locationId: levels.get(locationId),  # noqa: N803
        "inventoryLevels": lambda _info, first, after=None: turn_page(
            list(levels.values()), first, after
        ),
    }


def _show_level(shelf: Shelf, item: Item, level: Level) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/InventoryLevel/{level.place.rpartition('/')[2]}?inventory_item_id="
        f"{item.number}",
        "isActive": level.is_active,
        "location": {"id": level.place, "name": shelf.places[level.place]},
        "updatedAt": CHANGED_AT,
        "quantities": lambda _info, names: [
            {"name": name, "quantity": level.read(name), "updatedAt": None} for name in names
        ],
    }


def _is_found(item: dict[str, Any], query: str) -> bool:
    """Search as the vendor does: in any case, and whatever begins like the word."""
    if not query:
        return True
    words = [
        re.sub(r"\\(.)", r"\1", word) for word in re.findall(r'sku:"((?:[^"\\]|\\.)*)"', query)
    ]
    assert words, query
    return any((item["sku"] or "").lower().startswith(word.lower()) for word in words)
