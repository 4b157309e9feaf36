"""Orders of the stand-in: placed, sent, called back, refunded, cancelled."""

import re
from dataclasses import dataclass, field
from typing import Any

from inventory_pipeline_tests.support.shopify.paging import connect, turn_page
from inventory_pipeline_tests.support.shopify.state import Item

PLACED_AT, SENT_AT, REFUNDED_AT = (
    "2026-04-06T09:10:00Z", "2026-04-06T09:20:00Z", "2026-04-06T09:30:00Z",
)  # fmt: skip


@dataclass
class Order:
    """One order; lines, parcels, refunds and promises are what the schema calls them."""

    number: int
    book: "Book"
    at: str = PLACED_AT
    updated_at: str = PLACED_AT
    cancelled_at: str | None = None
    is_edited: bool = False
    lines: list[dict[str, Any]] = field(default_factory=list)
    parcels: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    promises: list[dict[str, Any]] = field(default_factory=list)

    @property
    def gid(self) -> str:
        return f"gid://shopify/Order/{self.number}"

    def add_line(self, item: Item | None, units: int) -> dict[str, Any]:
        gid = self.book.make_gid("LineItem")
        self.lines.append({"id": gid, "quantity": units, "item": item})
        return self.lines[-1]

    def promise(self, place: str | None, *lines: dict[str, Any], units: int | None = None) -> None:
        self.promises.append(
            {
                "id": self.book.make_gid("FulfillmentOrder"),
                "place": place,
                "lines": [
                    {
                        "id": self.book.make_gid("FulfillmentOrderLineItem"),
                        "totalQuantity": line["quantity"] if units is None else units,
                        "lineItem": {"id": line["id"]},
                    }
                    for line in lines
                ],
            }
        )

    def send(
        self, place: str | None, *lines: dict[str, Any], units: int | None = None, **more: Any
    ) -> dict[str, Any]:
        self.updated_at = more.get("updatedAt", SENT_AT)
        parcel = {
            "id": self.book.make_gid("Fulfillment"), "status": "SUCCESS", "createdAt": SENT_AT,
            "updatedAt": SENT_AT, "place": place, **more,
        }  # fmt: skip
        parcel["lines"] = [
            {
                "id": self.book.make_gid("FulfillmentLineItem"),
                "quantity": line["quantity"] if units is None else units,
                "lineItem": {"id": line["id"]},
            }
            for line in lines
        ]
        self.parcels.append(parcel)
        return parcel

    def refund(
        self, way: str, place: str | None, line: dict[str, Any], units: int, **more: Any
    ) -> dict[str, Any]:
        at = more.pop("at", REFUNDED_AT)
        self.updated_at = at
        entry = {
            "id": self.book.make_gid("RefundLineItem"), "quantity": units, "restockType": way,
            "restocked": way not in ("NO_RESTOCK",), "place": place,
            "lineItem": {"id": line["id"]}, **more,
        }  # fmt: skip
        self.refunds.append({"id": self.book.make_gid("Refund"), "createdAt": at, "lines": [entry]})
        return entry


@dataclass
class Book:
    """All orders of a shop, and the names of its places (gid → name)."""

    places: dict[str, str]
    orders: list[Order] = field(default_factory=list)
    _numbers: int = 500

    def place(self, **more: Any) -> Order:
        self.orders.append(Order(len(self.orders) + 1, self, **more))
        return self.orders[-1]

    def make_gid(self, kind: str) -> str:
        self._numbers += 1
        return f"gid://shopify/{kind}/{self._numbers}"

    def build_root(self, items: dict[str, Any]) -> dict[str, Any]:
        """Return what QueryRoot says of orders; ``items`` are shown items by gid."""
        shown = [self._show(order, items) for order in self.orders]
        owners = {
            owner["id"]: owner
            for order in shown
            for owner in (order, *order["parcels"], *order["back"], *order["promised"])
        }
        return {
            "order": lambda _info, **given: owners.get(given["id"]),
            "node": lambda _info, **given: owners.get(given["id"]),
            "orders": lambda _info, **given: _turn_orders(shown, **given),
        }

    def _show(self, order: Order, items: dict[str, Any]) -> dict[str, Any]:
        lines = [self._show_line(line, items) for line in order.lines]
        parcels = [self._show_owner(parcel, "fulfillmentLineItems") for parcel in order.parcels]
        back = [self._show_owner(refund, "refundLineItems") for refund in order.refunds]
        promised = [self._show_owner(promise, "lineItems") for promise in order.promises]
        return {
            "id": order.gid,
            "name": f"#{1000 + order.number}",
            "createdAt": order.at,
            "updatedAt": order.updated_at,
            "cancelledAt": order.cancelled_at,
            "edited": order.is_edited,
            "lineItems": connect(lines),
            "parcels": parcels,
            "back": back,
            "promised": promised,
            "fulfillments": lambda _info, first: parcels[:first],
            "refunds": lambda _info, first: back[:first],
            "fulfillmentOrders": lambda _info, first: turn_page(promised, first, None),
        }

    def _show_line(self, line: dict[str, Any], items: dict[str, Any]) -> dict[str, Any]:
        item = line["item"]
        variant = None
        if item is not None:
            gid = f"gid://shopify/ProductVariant/{item.number}"
            variant = {"id": gid, "inventoryItem": items[item.gid]}
        return {"id": line["id"], "quantity": line["quantity"], "variant": variant}

    def _show_owner(self, owner: dict[str, Any], connection: str) -> dict[str, Any]:
        lines = [
            {**line, "location": self._show_place(line["place"])} if "place" in line else line
            for line in owner["lines"]
        ]
        place = self._show_place(owner.get("place"))
        return {
            **owner,
            "location": place,
            "assignedLocation": {"name": "as it was", "location": place},
            connection: connect(lines),
        }

    def _show_place(self, gid: str | None) -> dict[str, str] | None:
        return None if gid is None else {"id": gid, "name": self.places[gid]}


def _turn_orders(
    shown: list[dict[str, Any]], *, first: int, query: str, after: str | None = None, **_: Any
) -> dict[str, Any]:
    """Return a page by UPDATED_AT; a cursor is a place among the values, not a number."""
    found = {_name(order): order for order in shown if _is_found(order, query)}
    left = sorted(name for name in found if name > (after or ""))
    info = {"hasNextPage": len(left) > first, "endCursor": left[:first][-1] if left else None}
    return {"nodes": [found[name] for name in left[:first]], "pageInfo": info}


def _name(order: dict[str, Any]) -> str:
    return f"{order['updatedAt']} {order['id'].rpartition('/')[2]:0>9}"


def _is_found(order: dict[str, Any], query: str) -> bool:
    """Search as the vendor does, for the one filter that is used here."""
    since = re.fullmatch(r"updated_at:>='([^']+)'", query)
    assert since, query
    return order["updatedAt"] >= since[1]
