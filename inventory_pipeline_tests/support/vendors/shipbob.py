"""A stand-in for ShipBob: levels by center, history by center, the scopes of its token.

Shapes: api-evangelist/shipbob ``openapi/shipbob-subpackage-inventory-api-openapi.yml`` at
2beb683 (InventoryQuantityFcResponsePagedResponse, InventoryHistoryResponse) and
developer.shipbob.com/quickstart (channels); headers: developer.shipbob.com/2026-07/rate-limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from inventory_pipeline.connectors.shipbob.connector import ShipbobConnector
from inventory_pipeline.connectors.shipbob.options import ShipbobOptions
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, answer_json
from inventory_pipeline_tests.support.vendors.shape import (
    ANY,
    MAYBE_TEXT,
    MAYBE_WHOLE,
    NONE,
    TEXT,
    WHOLE,
    check_shape,
)
from inventory_pipeline_tests.support.vendors.vendor import Level

TOKEN = "pat-5f2c"
_QUANTITIES = (
    "on_hand_quantity", "committed_quantity", "fulfillable_quantity", "awaiting_quantity",
    "internal_transfer_quantity",
)  # fmt: skip
_PAGE = dict.fromkeys(("first", "last", "next", "prev"), MAYBE_TEXT)
_CENTER = {"location_id": WHOLE, "name": MAYBE_TEXT, **dict.fromkeys(_QUANTITIES, ANY)}
_LEVELS = {
    **_PAGE,
    "items": [
        {
            "inventory_id": WHOLE, "name": MAYBE_TEXT, "sku": MAYBE_TEXT,
            "locations": ([_CENTER], NONE),
        }
    ],
}  # fmt: skip
_SIDE = {
    "committed_quantity_change": WHOLE, "expiration_date": MAYBE_TEXT, "facility_id": WHOLE,
    "inventory_status": MAYBE_TEXT, "location_id": WHOLE, "lot_number": MAYBE_TEXT,
    "operational_stage": NONE, "quantity_change": ANY, "sku": MAYBE_TEXT,
}  # fmt: skip
_HISTORY = {
    **_PAGE,
    "data": [
        {
            "decrement": (_SIDE, NONE), "increment": (_SIDE, NONE), "event_category": MAYBE_TEXT,
            "event_datetime": TEXT, "inventory_audit_event_id": WHOLE, "inventory_id": WHOLE,
            "shipbob_order_id": MAYBE_WHOLE,
        }
    ],
}  # fmt: skip


def build_side(change: Any, facility: int = 8, sku: str = "A") -> dict[str, Any]:
    """Return one side of an event."""
    return {
        "facility_id": facility, "quantity_change": change, "committed_quantity_change": 0,
        "lot_number": None, "expiration_date": None, "sku": sku, "location_id": 10010109,
        "operational_stage": None, "inventory_status": "",
    }  # fmt: skip


def build_event(
    number: int, category: str, increment: Any = None, decrement: Any = None, **changes: Any
) -> dict[str, Any]:
    """Return one event of the history, as the vendor's guide shows one."""
    return {
        "inventory_id": 2543121, "event_category": category,
        "event_datetime": "2026-04-06T10:06:22.4716033", "shipbob_order_id": None,
        "inventory_audit_event_id": number, "increment": increment, "decrement": decrement,
    } | changes  # fmt: skip


@dataclass
class ShipbobVendor:
    """One merchant's account.

    Attributes:
        events: of the history, of every center.
        scopes: what the token may; None: it may not see that.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    scopes: list[str] | None = field(default_factory=lambda: ["channels_read", "inventory_read"])
    name: str = "shipbob"
    quantity: str = "on_hand_quantity"
    fact: str = "on_hand"
    has_time: bool = False
    page: int = 3

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        """Answer one request, tokens and pages alike."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return answer_json({"statusCode": 401, "message": "Access denied"}, status=401)
        rest = asked.path.removeprefix("/2026-07/").removeprefix("/2026-01/")
        if rest == "channel":
            return self._show_channels()
        if rest == "inventory/history:query":
            return self._show_history(asked)
        if rest == "inventory-level/locations":
            return _show_levels(levels, asked)
        return answer_json({"title": "Not Found"}, status=404)

    def is_page(self, asked: Asked) -> bool:
        """Return whether a request asks for a page of levels (not for a token, say)."""
        return asked.path.endswith("/inventory-level/locations")

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> ShipbobConnector:
        """Return the connector on this stand-in; secrets come from files in ``folder``."""
        (folder / "token").write_text(TOKEN)
        usual = {
            "base_url": url, "token": {"file": "token"}, "facts": {self.fact: self.quantity},
            "page_size": self.page,
        }  # fmt: skip
        checked = ShipbobOptions.model_validate({**usual, **options})
        world = clock.build_world()
        return ShipbobConnector(system=self.name, options=checked, root=str(folder), world=world)

    def _show_channels(self) -> Reply:
        if self.scopes is None:
            return answer_json({"title": "Forbidden"}, status=403)
        channel = {
            "id": 100102, "name": "House of Slippers", "application_name": "API",
            "scopes": self.scopes,
        }  # fmt: skip
        return answer_json({"items": [channel], **_write_links(None)})

    def _show_history(self, asked: Asked) -> Reply:
        told = asked.json
        mine = [
            event
            for event in self.events
            if told["facility_id"] in _find_centers(event)
            and event["inventory_audit_event_id"] > (told["cursor"] or 0)
            and told["start_date"][:19] <= event["event_datetime"][:19] < told["end_date"][:19]
        ]
        page = {"data": mine[:2], **_write_links(None)}
        check_shape(page, _HISTORY)
        return answer_json(page, headers=_CALLS)


_CALLS = {"x-remaining-calls": "120"}


def _find_centers(event: dict[str, Any]) -> set[int]:
    sides = (event["increment"], event["decrement"])
    return {side["facility_id"] for side in sides if side is not None}


def _write_links(following: str | None) -> dict[str, Any]:
    return {"first": None, "last": None, "prev": None, "next": following}


def _show_levels(levels: Sequence[Level], asked: Asked) -> Reply:
    items: dict[str, list[Level]] = {}
    for level in levels:
        items.setdefault(level.item_id, []).append(level)
    size, start = int(asked.first("PageSize")), int(asked.first("cursor", "0"))
    names = list(items)[start : start + size]
    end = start + len(names)
    following = None
    if end < len(items):
        query = urlencode({"PageSize": size, "cursor": end})
        following = f"{asked.path}?{query}"
    shown = [_write_item(number, items[name]) for number, name in enumerate(names, start + 1)]
    page = {"items": shown, **_write_links(following)}
    check_shape(page, _LEVELS)
    return answer_json(page, headers=_CALLS)


def _write_item(number: int, levels: Sequence[Level]) -> dict[str, Any]:
    centers = [
        {
            "location_id": int(level.location_id) if level.location_id.isdigit() else 1,
            "name": f"Center {level.location_id}",
            **{name: level.quantities.get(name, 0) for name in _QUANTITIES},
        }
        for level in levels
    ]
    return {
        "inventory_id": number, "name": "A thing", "sku": levels[0].item_id, "locations": centers,
    }  # fmt: skip
