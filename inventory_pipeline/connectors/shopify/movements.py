"""Movements: orders, parcels and refunds as rows of ``movements``. Pure.

Grain: one movement of one order line. All of an order is told again whenever it changes,
always under the same ids made of the shop's own; the first telling stands.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from inventory_pipeline.connectors.json_take import take
from inventory_pipeline.connectors.shopify.options import Movements, ShopifyOptions
from inventory_pipeline.connectors.shopify.order_moves import Move, find_moves
from inventory_pipeline.connectors.shopify.orders import Orders
from inventory_pipeline.connectors.shopify.shapes import find_tail
from inventory_pipeline.connectors.tables import build_rejected
from inventory_pipeline.model.ports import RawFrame

_COLUMNS = (
    "movement_id", "kind", "item_id", "location_id", "quantity", "moved_at", "reference_id",
    "disposition",
)  # fmt: skip
_UNTRACKED = "lines left out because their items are not tracked"
_NAMELESS = "lines left out because their variant is gone, or they never had one"
_ELSEWHERE = "movements left out because their location is not configured"
_EDITED = "orders that were edited; units added to a line that was told before are missing"


@dataclass
class Told:
    """Rows of ``movements``, what cannot be one, and what is left out on purpose."""

    options: ShopifyOptions
    left_out: Counter[str] = field(default_factory=Counter)
    _rows: list[tuple[Any, ...]] = field(default_factory=list)
    _rejected: list[tuple[int, str, str]] = field(default_factory=list)

    def tell(self, orders: Orders) -> None:
        """Tell of all orders.

        Raises:
            SourceContractError: an order has another shape.
        """
        for gid, order in orders.headers.items():
            if gid in orders.too_long:
                self._reject("the order has more parcels or refunds than are read", {"order": gid})
            else:
                self._tell_order(orders, order)

    def describe(self) -> list[str]:
        """Return one sentence for each kind of what is left out."""
        return [f"{said}: {count:,}" for said, count in sorted((+self.left_out).items())]

    def build(self) -> RawFrame:
        """Return everything as frames."""
        schema = {"row": pl.Int64(), **dict.fromkeys(_COLUMNS, pl.String())}
        rows = pl.DataFrame(self._rows, schema=schema, orient="row")
        return RawFrame(rows, build_rejected(self._rejected))

    def _tell_order(self, orders: Orders, order: Any) -> None:
        self.left_out[_EDITED] += take(order, "edited") is True
        lines = {str(take(line, "id")): line for line in orders.find_lines(order)}
        items = {gid: self._find_item(line) for gid, line in lines.items()}
        called = self._movements.order_by
        name = take(order, "name") if called == "name" else find_tail(take(order, "id"))
        for move in find_moves(orders, order, self.left_out):
            if move.line not in items:
                self._reject("its order line did not come with it", move._asdict())
            elif (item := items[move.line]) is not None:
                self._add(move, item, order=str(name))

    def _find_item(self, line: Any) -> Any:
        """Return the inventory item of an order line; None: nothing is counted of it."""
        variant = take(line, "variant")
        if variant is None:
            self.left_out[_NAMELESS] += 1
            return None
        item = take(variant, "inventoryItem")
        if take(item, "tracked") is not True:
            self.left_out[_UNTRACKED] += 1
            return None
        return item

    def _add(self, move: Move, item: Any, *, order: str) -> None:
        place = self._call(move.place)
        if self.options.locations is not None and place not in (*self.options.locations, None):
            self.left_out[_ELSEWHERE] += 1
            return
        reason = move.reason or find_nameless(item, self.options)
        if place is None:
            reason = reason or (
                "the shop names no location for it; say movements: {location: ...} if there is one"
            )
        if reason:
            self._reject(reason, {**move._asdict(), "sku": take(item, "sku"), "order": order})
            return
        quantity = None if move.quantity is None else str(move.quantity)
        cells = (move.movement_id, move.kind, call_item(item, self.options), place, quantity)
        self._rows.append((self._next, *cells, move.moved_at, order, move.disposition))

    def _call(self, place: Any) -> str | None:
        if place is None:
            return self._movements.location
        return call_place(place, self.options)

    def _reject(self, reason: str, raw: dict[str, Any]) -> None:
        text = json.dumps({k: v for k, v in raw.items() if v is not None}, ensure_ascii=False)
        self._rejected.append((self._next, reason, text))

    @property
    def _next(self) -> int:
        return len(self._rows) + len(self._rejected) + 1

    @property
    def _movements(self) -> Movements:
        return self.options.movements or Movements()


def call_place(place: Any, options: ShopifyOptions) -> str:
    """Return what a location is called, as the options say."""
    return str(take(place, "name")) if options.locate_by == "name" else find_tail(take(place, "id"))


def call_item(item: Any, options: ShopifyOptions) -> str:
    """Return what an inventory item is called, as the options say; it may be nothing."""
    return (take(item, "sku") or "") if options.identify_by == "sku" else find_tail(item["id"])


def find_nameless(item: Any, options: ShopifyOptions) -> str | None:
    """Return why nobody can tell which item this is; None: its name is its own."""
    if options.identify_by != "sku":
        return None
    if not take(item, "sku"):
        return f"the inventory item {find_tail(take(item, 'id'))} has no SKU"
    others = str(take(item, "duplicateSkuCount"))
    if others != "0":
        return (
            f"other inventory items carry this SKU, too ({others}); give each its own, or say "
            "identify_by: inventory_item_id"
        )
    return None
