"""A stand-in for a WooCommerce shop: products, variations, orders, refunds, stock that is set.

Shapes: woocommerce/woocommerce ``plugins/woocommerce/includes/rest-api/Controllers/Version3``
(get_item_schema of the products, product-variations, orders and refunds controllers); totals
in X-WP-Total; ``_fields`` as WordPress filters an answer.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory_pipeline.connectors.woocommerce.connector import WoocommerceConnector
from inventory_pipeline.connectors.woocommerce.options import WoocommerceOptions
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, answer_json
from inventory_pipeline_tests.support.vendors.shape import (
    ANY,
    FLAG,
    MAYBE_TEXT,
    TEXT,
    WHOLE,
    check_shape,
)
from inventory_pipeline_tests.support.vendors.vendor import Level

KEY, SECRET = "ck_1a2b", "cs_3c4d"
BASE = "/wp-json/wc/v3/"
_ITEM = {
    "id": WHOLE, "name": TEXT, "sku": TEXT, "type": TEXT, "status": TEXT, "parent_id": WHOLE,
    "manage_stock": (FLAG, str), "stock_quantity": ANY, "date_modified_gmt": MAYBE_TEXT,
}  # fmt: skip
_LINE = {
    "id": WHOLE, "name": TEXT, "product_id": WHOLE, "variation_id": WHOLE, "quantity": ANY,
    "sku": MAYBE_TEXT, "total": TEXT,
}  # fmt: skip
_ORDER = {
    "id": WHOLE, "status": TEXT, "date_created_gmt": MAYBE_TEXT, "date_modified_gmt": MAYBE_TEXT,
    "date_completed_gmt": MAYBE_TEXT, "billing": ANY, "line_items": [_LINE],
}  # fmt: skip
_REFUND = {
    "id": WHOLE, "parent_id": WHOLE, "date_created_gmt": MAYBE_TEXT, "reason": TEXT,
    "line_items": [_LINE],
}  # fmt: skip


def build_item(number: int, sku: str, quantity: Any, **changes: Any) -> dict[str, Any]:
    """Return one product or variation."""
    return {
        "id": number, "name": "A thing", "sku": sku, "type": "simple", "status": "publish",
        "parent_id": 0, "manage_stock": True, "stock_quantity": quantity,
        "date_modified_gmt": "2025-11-02T08:00:00",
    } | changes  # fmt: skip


def build_variation(
    number: int, sku: str, quantity: Any, *, parent: int = 90, **changes: Any
) -> dict[str, Any]:
    """Return one variation of a product."""
    return build_item(number, sku, quantity, type="variation", parent_id=parent, **changes)


def build_line(number: int, quantity: Any, sku: str | None = "A", **changes: Any) -> dict[str, Any]:
    """Return one line of an order or a refund."""
    return {
        "id": number, "name": "A thing", "product_id": 7, "variation_id": 0,
        "quantity": quantity, "sku": sku, "total": "12.00",
    } | changes  # fmt: skip


def build_order(number: int, status: str, *lines: Any, **changes: Any) -> dict[str, Any]:
    """Return one order."""
    return {
        "id": number, "status": status, "date_created_gmt": "2026-04-06T10:00:00",
        "date_modified_gmt": "2026-04-06T10:20:00", "date_completed_gmt": None,
        "billing": {"email": "ann@example.com"}, "line_items": list(lines),
    } | changes  # fmt: skip


def build_refund(number: int, order: int, *lines: Any) -> dict[str, Any]:
    """Return one refund."""
    return {
        "id": number, "parent_id": order, "date_created_gmt": "2026-04-06T10:40:00",
        "reason": "", "line_items": list(lines),
    }  # fmt: skip


@dataclass
class WoocommerceVendor:
    """One shop.

    Attributes:
        items: products and variations besides the levels that are served.
        error: what the next PUT is answered instead, once.
    """

    items: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    error: Reply | None = None
    name: str = "woocommerce"
    quantity: str = "stock_quantity"
    fact: str = "available"
    has_time: bool = False
    page: int = 3

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        """Answer one request, tokens and pages alike."""
        shown = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {shown}":
            return build_error("woocommerce_rest_cannot_view", 401)
        route = asked.path.removeprefix(BASE)
        if asked.method == "PUT":
            return self._change(route, asked)
        served = [
            build_item(number, level.item_id, level.quantities["stock_quantity"])
            for number, level in enumerate(levels, 1000)
        ]
        if route in ("orders", "refunds"):
            return self._show_past(route, asked)
        return _show_items(route, [*served, *self.items], asked)

    def is_page(self, asked: Asked) -> bool:
        """Return whether a request asks for a page of levels (not for a token, say)."""
        return asked.path == f"{BASE}products" and asked.method == "GET"

    def build(
        self, url: str, folder: Path, clock: Clockwork, **options: Any
    ) -> WoocommerceConnector:
        """Return the connector on this stand-in; secrets come from files in ``folder``."""
        (folder / "key").write_text(KEY)
        (folder / "secret").write_text(SECRET)
        usual = {
            "url": url, "consumer_key": {"file": "key"}, "consumer_secret": {"file": "secret"},
            "facts": {self.fact: self.quantity}, "location": "L1", "page_size": self.page,
        }  # fmt: skip
        checked = WoocommerceOptions.model_validate({**usual, **options})
        world = clock.build_world()
        return WoocommerceConnector(
            system=self.name, options=checked, root=str(folder), world=world
        )

    def _show_past(self, route: str, asked: Asked) -> Reply:
        if route == "orders":
            return _page(_since(self.orders, "date_modified_gmt", asked), asked, _ORDER)
        return _page(_since(self.refunds, "date_created_gmt", asked), asked, _REFUND)

    def _change(self, route: str, asked: Asked) -> Reply:
        if self.error is not None:
            error, self.error = self.error, None
            return error
        assert set(asked.json) == {"stock_quantity"}
        for item in self.items:
            path = f"products/{item['id']}"
            if item["type"] == "variation":
                path = f"products/{item['parent_id']}/variations/{item['id']}"
            if route == path:
                if item["manage_stock"] is True:
                    item["stock_quantity"] = asked.json["stock_quantity"]
                return _show(item, asked)
        return build_error("woocommerce_rest_product_invalid_id", 404)


def build_error(code: str, status: int) -> Reply:
    """Return how WordPress says no."""
    told = {"code": code, "message": f"it is {code}", "data": {"status": status}}
    return answer_json(told, status=status)


def _show_items(route: str, items: list[dict[str, Any]], asked: Asked) -> Reply:
    if sku := asked.first("sku", ""):
        # Looked for by SKU, variations are found among the products.
        return _page([item for item in items if item["sku"] in sku.split(",")], asked, _ITEM)
    if route in ("products", "variations"):
        wanted = [i for i in items if (i["type"] == "variation") is (route == "variations")]
        return _page(wanted, asked, _ITEM)
    for item in items:
        if route == f"products/{item['id']}":
            return _show(item, asked)
    return build_error("woocommerce_rest_product_invalid_id", 404)


def _since(records: list[dict[str, Any]], name: str, asked: Asked) -> list[dict[str, Any]]:
    assert asked.first("dates_are_gmt") == "true"
    since = asked.first("modified_after" if name == "date_modified_gmt" else "after")
    return [record for record in records if record[name] > since.removesuffix("Z")]


def _page(found: list[dict[str, Any]], asked: Asked, shape: Any) -> Reply:
    size, page = int(asked.first("per_page", "10")), int(asked.first("page", "1"))
    assert size <= 100
    check_shape(found, [shape])
    shown = [_filter(record, asked) for record in found[size * (page - 1) : size * page]]
    pages = -(-len(found) // size)
    return answer_json(
        shown, headers={"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
    )


def _show(item: dict[str, Any], asked: Asked) -> Reply:
    check_shape(item, _ITEM)
    return answer_json(_filter(item, asked))


def _filter(record: dict[str, Any], asked: Asked) -> dict[str, Any]:
    return {name: record[name] for name in asked.first("_fields").split(",")}
