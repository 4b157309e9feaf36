"""History: orders and refunds as movements. Pure.

An order takes stock once it is placed, and gives it back when it is cancelled. A refund says
how many units it is for; whether they were put back on the shelf the API does not tell.

Sources: woocommerce/woocommerce ``includes/wc-stock-functions.php`` (which statuses take stock
and give it back), Version3/class-wc-rest-orders-controller.php and -refunds-controller.php.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from inventory_pipeline.connectors.coded_rows import Found, LeftOut
from inventory_pipeline.connectors.json_take import take_list, take_text

Meaning = Literal["placed", "shipped", "cancelled", "none"]
MEANINGS: Mapping[str, Meaning] = {
    "on-hold": "placed",
    "processing": "placed",
    "refunded": "placed",
    "completed": "shipped",
    "cancelled": "cancelled",
    "pending": "none",
    "failed": "none",
    "checkout-draft": "none",
}
_CREATED, _MODIFIED, _COMPLETED = "date_created_gmt", "date_modified_gmt", "date_completed_gmt"


@dataclass(frozen=True)
class History:
    """Reads orders and refunds; items are called as ``identify_by`` says."""

    identify_by: str
    location: str
    meanings: Mapping[str, Meaning]
    refund_kind: str

    def read_order(self, order: Any) -> Iterator[Found]:
        """Yield what an order did to the stock of each of its lines.

        Raises:
            SourceContractError: the order lacks something.
        """
        status = take_text(order, "status") or ""
        meaning = self.meanings.get(status)
        if meaning is None:
            yield LeftOut(f"orders with the status {status[:40]!r}, which means nothing here")
        elif meaning == "none":
            yield LeftOut(f"orders that take no stock ({status})")
        else:
            yield from self._read_lines(order, meaning)

    def _read_lines(self, order: Any, meaning: Meaning) -> Iterator[Found]:
        number = take_text(order, "id")
        times = {"order_placed": take_text(order, _CREATED)}
        if meaning == "cancelled":
            times["order_cancelled"] = take_text(order, _MODIFIED)
        elif meaning == "shipped":
            completed = take_text(order, _COMPLETED)
            times["shipment"] = completed or take_text(order, _MODIFIED)
        for line in take_list(order, "line_items"):
            for kind, at in times.items():
                name = f"{number}:{take_text(line, 'id')}:{kind}"
                told = self._describe(line, number, at)
                yield {**told, "movement_id": name, "kind": kind}

    def read_refund(self, refund: Any) -> Iterator[Found]:
        """Yield what a refund is for, line by line.

        Raises:
            SourceContractError: the refund lacks something.
        """
        number, lines = take_text(refund, "id"), take_list(refund, "line_items")
        counted = [line for line in lines if take_text(line, "quantity") != "0"]
        if not counted:
            yield LeftOut("refunds of money alone")
        for line in counted:
            told = self._describe(line, take_text(refund, "parent_id"), take_text(refund, _CREATED))
            yield {
                **told,
                "movement_id": f"refund:{number}:{take_text(line, 'id')}",
                "kind": self.refund_kind,
                # What goes back is written as a negative number.
                "quantity": (told["quantity"] or "").removeprefix("-") or None,
            }

    def _describe(self, line: Any, order: str | None, at: str | None) -> dict[str, str | None]:
        return {
            "item_id": self._find_item(line),
            "location_id": self.location,
            "quantity": take_text(line, "quantity"),
            # The times that end in _gmt say so in their name alone.
            "moved_at": f"{at}Z" if at else None,
            "reference_id": order,
        }

    def _find_item(self, line: Any) -> str | None:
        if self.identify_by == "sku":
            return take_text(line, "sku")
        variation = take_text(line, "variation_id")
        return variation if variation not in (None, "0") else take_text(line, "product_id")
