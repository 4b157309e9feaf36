"""Encoding: lines as the bytes of one request. Pure: same lines, names and key, same bytes."""

from collections.abc import Callable, Sequence
from typing import Any

from inventory_pipeline.connectors.graphql_desk import render_body
from inventory_pipeline.connectors.shopify.documents import ADD, AVAILABLE, ON_HAND, SET
from inventory_pipeline.model.delivery import Line

Find = Callable[[Line], str | None]

# Our word for why: one of theirs, which the merchant reads in the history of the item.
REASONS = {
    "correction": "correction",
    "restock": "restock",
    "sale": "other",
    "return": "restock",
    "count": "cycle_count_available",
    "transfer": "movement_updated",
}
MIXED = "other"
MOST_UNITS = 1_000_000_000


def encode_request(
    lines: Sequence[Line], key: str, *, name: str, find_item: Find, find_place: Find
) -> bytes:
    """Return the exact bytes that set or add the lines.

    Args:
        name: the shop's name of the quantity.
        find_item, find_place: the gid of a line's item and place; what has none stays null,
            and such a request is never sent.
    """
    is_set = lines[0].operation == "set"
    entries = [
        {
            "inventoryItemId": find_item(line),
            "locationId": find_place(line),
            "quantity" if is_set else "delta": line.quantity,
            "changeFromQuantity": line.before,
        }
        for line in lines
    ]
    inner: dict[str, Any] = {
        "name": name,
        "reason": find_reason(lines),
        "referenceDocumentUri": find_reference(lines, key),
        "quantities" if is_set else "changes": entries,
    }
    return render_body(SET if is_set else ADD, {"input": inner, "key": key})


def find_reason(lines: Sequence[Line]) -> str:
    """Return why, in one of the shop's words; lines of several reasons have no common one."""
    reasons = {REASONS.get(line.reason, MIXED) for line in lines}
    return reasons.pop() if len(reasons) == 1 else MIXED


def find_reference(lines: Sequence[Line], key: str) -> str:
    """Return the document the shop's history points to: the receipt, or the whole request."""
    return lines[0].reference if len(lines) == 1 else f"gid://inventory-pipeline/Dispatch/{key}"


def find_objections(lines: Sequence[Line], entries: Sequence[Any], name: str) -> dict[str, str]:
    """Return by receipt what can never be taken, known without asking.

    Args:
        entries: the lines as they stand in the encoded request.
    """
    found = {}
    for line, entry in zip(lines, entries, strict=True):
        if reason := _find_objection(line, entry, name):
            found[line.receipt_id] = reason
    return found


def _find_objection(line: Line, entry: Any, name: str) -> str | None:
    if line.operation == "add" and name != AVAILABLE:
        return f"only {AVAILABLE} can be added to, not {name}"
    if name not in (AVAILABLE, ON_HAND):
        return f"only {AVAILABLE} and {ON_HAND} can be set, not {name}"
    if abs(line.quantity) > MOST_UNITS:
        return f"{line.quantity:,} is more than the shop takes ({MOST_UNITS:,})"
    if entry["inventoryItemId"] is None:
        return f"the shop has no tracked item {line.item_id[:60]!r}, or several of that name"
    if entry["locationId"] is None:
        return f"the shop has no location {line.location_id[:60]!r}"
    return None
