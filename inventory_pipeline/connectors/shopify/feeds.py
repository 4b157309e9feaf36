"""Feeds: how each document is paged, as the graphql connector is told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from inventory_pipeline.connectors.graphql import GraphqlFeed
from inventory_pipeline.connectors.shopify.documents import ITEM, ITEMS, LINES, ORDER, ORDERS
from inventory_pipeline.connectors.shopify.shapes import find_kind
from inventory_pipeline.model.frames import RAW_FEEDS

# As many of anything as one page may hold.
MOST = 250
# Parcels, and refunds, of one order that are read; nobody needs more.
MOST_PARCELS = 100
# Which lines an owner of lines has, by the kind in its gid.
LINES_OF = {
    "Order": "lineItems",
    "Fulfillment": "fulfillmentLineItems",
    "Refund": "refundLineItems",
    "FulfillmentOrder": "lineItems",
}


def describe_items(*, size: int, levels: int, names: list[str]) -> dict[str, Any]:
    """Return the pages of items, each with the first of its levels."""
    variables = {"first": "{limit}", "after": "{cursor}", "levels": levels, "names": names}
    return _describe("counts", ITEMS, variables, "inventoryItems", size)


def build_levels(gid: str, *, names: list[str]) -> GraphqlFeed:
    """Return the pages of all levels of one item, the largest there are."""
    variables = {"id": gid, "levels": "{limit}", "below": "{cursor}", "names": names}
    place = "inventoryItem.inventoryLevels"
    return GraphqlFeed.model_validate(_describe("counts", ITEM, variables, place, MOST))


def describe_orders(*, size: int, shown: Mapping[str, int], overlap: timedelta) -> dict[str, Any]:
    """Return the pages of orders that changed since ``{since}``, which lies ``overlap`` earlier."""
    variables = {
        "first": "{limit}",
        "after": "{cursor}",
        "filter": "updated_at:>='{since}'",
        "assigned": True,
        **shown,
    }
    feed = _describe("movements", ORDERS, variables, "orders", size)
    # An order that changed meanwhile comes again and is no page that was read.
    feed["columns"]["moved_at"] = "updatedAt"
    return feed | {"overlap": overlap}


def build_order(gid: str, *, lines: int, assigned: bool) -> GraphqlFeed:
    """Return the one page of an order with all of its parcels, refunds and promises."""
    variables = {"id": gid, "lines": lines, "parcels": MOST_PARCELS, "assigned": assigned}
    feed = _describe("movements", ORDER, variables, "order.lineItems", 1)
    return GraphqlFeed.model_validate({**feed, "paging": {"kind": "none"}})


def build_lines(gid: str) -> GraphqlFeed:
    """Return the pages of all lines of an order, a parcel, a refund or a promise."""
    lines = LINES_OF[find_kind(gid)]
    variables = {"id": gid, "first": "{limit}", "after": "{cursor}"}
    place = f"node.{lines}"
    return GraphqlFeed.model_validate(_describe("movements", LINES, variables, place, MOST))


def _describe(
    feed: str, document: str, variables: dict[str, Any], place: str, size: int
) -> dict[str, Any]:
    """Return one paged document; ``place`` is the connection whose pages are turned."""
    return {
        "query": document,
        "variables": variables,
        "paging": {
            "kind": "cursor",
            "size": size,
            "next": f"data.{place}.pageInfo.endCursor",
            "has_more": f"data.{place}.pageInfo.hasNextPage",
        },
        "rows": f"data.{place}.nodes[]",
        "columns": _name_columns(feed),
    }


def _name_columns(feed: str) -> dict[str, Any]:
    """Return columns that only tell pages apart; this connector reads the rows itself."""
    nothing: dict[str, Any] = {name: {"constant": ""} for name in RAW_FEEDS[feed][0]}
    return nothing | {"item_id": "id"}
