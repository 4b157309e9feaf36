"""A stand-in for BigCommerce: levels by location, and adjustments that are done later.

Shapes: bigcommerce/docs ``reference/inventory.v3.yml`` at 2dda81b (ItemsResponse,
LocationItemsResponse, transaction, errors as problem documents), rate-limit headers as in
``docs/api-docs/getting-started/api-rate-limits.mdx`` at 01b5fa4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory_pipeline.connectors.bigcommerce import BigcommerceConnector, BigcommerceOptions
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

TOKEN = "bc-token-5d3e"
BASE = "/stores/abc123/v3/inventory/"
OPEN, CLOSED = 1, 2
_IDENTITY = {"sku": MAYBE_TEXT, "sku_id": WHOLE, "variant_id": WHOLE, "product_id": WHOLE}
_SETTINGS = {
    "safety_stock": ANY, "is_in_stock": FLAG, "warning_level": WHOLE, "bin_picking_number": TEXT,
}  # fmt: skip
_NUMBERS = {"available_to_sell": ANY, "total_inventory_onhand": ANY, "settings": _SETTINGS}
_LOCATION = {
    "location_id": WHOLE, "location_code": TEXT, "location_name": TEXT, "location_enabled": FLAG,
    **_NUMBERS,
}  # fmt: skip
_PAGING = {
    **dict.fromkeys(("total", "count", "per_page", "current_page", "total_pages"), WHOLE),
    "links": ANY,
}  # fmt: skip
_META = {"pagination": _PAGING}
_ITEMS = {"data": [{"identity": _IDENTITY, "locations": [_LOCATION]}], "meta": _META}
_AT_LOCATION = {"data": [{"identity": _IDENTITY, **_NUMBERS}], "meta": _META}
_ADJUSTMENT = {
    "reason": TEXT,
    "items": [{"location_id": WHOLE, "sku": TEXT, "variant_id": WHOLE, "quantity": WHOLE}],
}
_CALLS = {
    "X-Rate-Limit-Requests-Left": "149", "X-Rate-Limit-Requests-Quota": "150",
    "X-Rate-Limit-Time-Window-Ms": "30000", "X-Rate-Limit-Time-Reset-Ms": "15000",
}  # fmt: skip


@dataclass
class BigcommerceVendor:
    """One store.

    Attributes:
        numbers: on hand by SKU and location; what adjusting changes, once it is done.
        jobs: what was taken and is not done yet.
        error: what the next adjustment is answered instead, once.
    """

    numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    jobs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    error: Reply | None = None
    name: str = "bigcommerce"
    quantity: str = "total_inventory_onhand"
    fact: str = "on_hand"
    has_time: bool = False
    page: int = 3

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        """Answer one request, tokens and pages alike."""
        if asked.headers.get("x-auth-token") != TOKEN:
            return answer_json({"status": 401, "title": "Unauthorized"}, status=401)
        route = asked.path.removeprefix(BASE)
        if route == "items":
            return _show_items(levels, asked)
        if route.startswith("locations/"):
            return self._show_location(int(route.split("/")[1]), asked)
        if route in ("adjustments/absolute", "adjustments/relative"):
            return self._take(route.rpartition("/")[2], asked)
        return answer_json({"status": 404, "title": "Not found"}, status=404)

    def is_page(self, asked: Asked) -> bool:
        """Return whether a request asks for a page of levels (not for a token, say)."""
        return asked.path == f"{BASE}items"

    def build(
        self, url: str, folder: Path, clock: Clockwork, **options: Any
    ) -> BigcommerceConnector:
        """Return the connector on this stand-in; secrets come from files in ``folder``."""
        (folder / "token").write_text(TOKEN)
        usual = {
            "base_url": f"{url}/stores", "store": "abc123", "token": {"file": "token"},
            "facts": {self.fact: self.quantity}, "page_size": self.page,
        }  # fmt: skip
        checked = BigcommerceOptions.model_validate({**usual, **options})
        world = clock.build_world()
        return BigcommerceConnector(
            system=self.name, options=checked, root=str(folder), world=world
        )

    def work(self) -> None:
        """Do what was taken."""
        for kind, job in self.jobs:
            for item in job["items"]:
                spot = item.get("sku") or str(item["variant_id"]), item["location_id"]
                old = self.numbers[spot] if kind == "relative" else 0
                self.numbers[spot] = old + item["quantity"]
        self.jobs.clear()

    def _show_location(self, location: int, asked: Asked) -> Reply:
        [(name, wanted)] = [(n, v[0]) for n, v in asked.query.items() if n.endswith(":in")]
        found = [
            {
                "identity": {**_identify(sku), **({} if name == "sku:in" else _number(sku))},
                **_write_numbers({"total_inventory_onhand": number}),
            }
            for (sku, place), number in self.numbers.items()
            if place == location and sku in wanted.split(",")
        ]
        if location not in {place for _, place in self.numbers}:
            return answer_json({"status": 404, "title": "no such location"}, status=404)
        return _page(found, found, asked, _AT_LOCATION)

    def _take(self, kind: str, asked: Asked) -> Reply:
        if self.error is not None:
            error, self.error = self.error, None
            return error
        told = asked.json
        check_shape(told, _ADJUSTMENT)
        assert (asked.method, kind) in (("PUT", "absolute"), ("POST", "relative"))
        assert 0 < len(told["items"]) <= 2000
        for number, item in enumerate(told["items"]):
            spot = item.get("sku") or str(item.get("variant_id")), item["location_id"]
            if spot not in self.numbers:
                return refuse({f"items.{number}": "no such variant"})
        self.jobs.append((kind, told))
        return answer_json({"transaction_id": "a1b2c3d4"}, headers=_CALLS)


def refuse(errors: dict[str, str]) -> Reply:
    """Return how an adjustment is refused: all of it."""
    told = {"status": 422, "title": "Invalid items", "type": "about:blank", "errors": errors}
    return answer_json(told, status=422)


def _show_items(levels: Sequence[Level], asked: Asked) -> Reply:
    items: dict[str, list[Level]] = {}
    for level in levels:
        items.setdefault(level.item_id, []).append(level)
    size, page = int(asked.first("limit")), int(asked.first("page"))
    shown = [
        {"identity": _identify(sku), "locations": [_write_location(one) for one in places]}
        for sku, places in list(items.items())[size * (page - 1) : size * page]
    ]
    return _page(shown, list(items), asked, _ITEMS)


def _identify(sku: str) -> dict[str, Any]:
    return {"sku": sku, "sku_id": 5, "variant_id": 74, "product_id": 111}


def _number(sku: str) -> dict[str, Any]:
    return {"variant_id": int(sku)}


def _write_location(level: Level) -> dict[str, Any]:
    return {
        "location_id": int(level.location_id) if level.location_id.isdigit() else OPEN,
        "location_code": "BC-LOCATION-1", "location_name": "Default location",
        "location_enabled": level.location_id != str(CLOSED),
        **_write_numbers(level.quantities),
    }  # fmt: skip


def _write_numbers(quantities: Any) -> dict[str, Any]:
    settings = {
        "safety_stock": quantities.get("safety_stock", 0), "is_in_stock": True,
        "warning_level": 0, "bin_picking_number": "",
    }  # fmt: skip
    return {
        "available_to_sell": quantities.get("available_to_sell", 0),
        "total_inventory_onhand": quantities.get("total_inventory_onhand", 0),
        "settings": settings,
    }


def _page(shown: list[Any], whole: list[Any], asked: Asked, shape: Any) -> Reply:
    size = int(asked.first("limit"))
    paging = {
        "total": len(whole), "count": len(shown), "per_page": size,
        "current_page": int(asked.first("page", "1")), "total_pages": -(-len(whole) // size),
        "links": {},
    }  # fmt: skip
    page = {"data": shown, "meta": {"pagination": paging}}
    check_shape(page, shape)
    return answer_json(page, headers=_CALLS)
