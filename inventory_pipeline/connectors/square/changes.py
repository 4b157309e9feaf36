"""Changes: physical counts and adjustments of one seller as movements of IN_STOCK. Pure.

An adjustment moves units from one state to another; a number of ours changes where one of
the two is IN_STOCK. A recount may write an adjustment of its own beside it: the count stands.

Sources: InventoryChange, InventoryAdjustment, InventoryPhysicalCount and InventoryState of
squareup 46.0.0.20260916; ``location_id`` of an adjustment up to 44.1.0.20260520.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from inventory_pipeline.connectors.coded_rows import Found, LeftOut, Odd
from inventory_pipeline.connectors.json_take import take, take_text

IN_STOCK = "IN_STOCK"
# What it is when units enter IN_STOCK from a state; from any other it is an adjustment.
_ENTERS = {
    "UNLINKED_RETURN": "return_received",
    "RETURNED_BY_CUSTOMER": "return_received",
    "SOLD": "return_received",
    "ORDERED_FROM_VENDOR": "receipt",
    "RECEIVED_FROM_VENDOR": "receipt",
    "IN_TRANSIT": "transfer_in",
    "IN_TRANSIT_TO": "transfer_in",
}
# ... and when they leave it.
_LEAVES = {
    "SOLD": "pos_sale",
    "SOLD_ONLINE": "pos_sale",
    "WASTE": "damage",
    "IN_TRANSIT": "transfer_out",
    "IN_TRANSIT_TO": "transfer_out",
}
# A reason says more than the states do.
_REASONS = {
    "RECEIVED": "receipt",
    "RETURNED": "return_received",
    "DAMAGED": "damage",
    "SPOILAGE_WASTE": "damage",
    "THEFT": "write_off",
    "LOST": "write_off",
    "SALE": "pos_sale",
}
_INWARD = ("receipt", "return_received", "transfer_in")
_RECEIPTS = ("goods_receipt_id", "purchase_order_id")
_NAMES = ("transaction_id", "refund_id", "purchase_order_id", "goods_receipt_id", "reference_id")


def read_change(change: Any) -> Iterator[Found]:
    """Yield the movements of one change.

    Raises:
        SourceContractError: the change lacks something.
    """
    kind = take_text(change, "type")
    if kind == "PHYSICAL_COUNT":
        yield _read_count(take(change, "physical_count"))
    elif kind == "ADJUSTMENT":
        yield from _read_adjustment(take(change, "adjustment"))
    else:
        yield Odd(f"type is {(kind or '')[:40]!r}, wanted PHYSICAL_COUNT or ADJUSTMENT")


def _read_count(count: Any) -> Found:
    state = take_text(count, "state")
    if state != IN_STOCK:
        return LeftOut(f"counts of another state than {IN_STOCK}")
    return {
        **_describe(count),
        "kind": "count",
        "location_id": take_text(count, "location_id"),
    }


def _read_adjustment(told: Any) -> Iterator[Found]:
    before, after = take_text(told, "from_state"), take_text(told, "to_state")
    if _find(told, "physical_count_id"):
        yield LeftOut("adjustments that a count of the same units made")
    elif IN_STOCK not in (before, after):
        yield LeftOut(f"adjustments between states other than {IN_STOCK}")
    elif before == after:
        yield from _read_transfer(told)
    elif after == IN_STOCK:
        yield _build(told, _ENTERS.get(before or ""), is_inward=True)
    else:
        yield _build(told, _LEAVES.get(after or ""), is_inward=False)


def _read_transfer(told: Any) -> Iterator[Found]:
    """Yield both halves of what went from one location to another without a way between."""
    here, there = take_text(told, "from_location_id"), take_text(told, "to_location_id")
    whole = {**_describe(told), "reference_id": take_text(told, "id")}
    name = take_text(told, "id")
    yield {
        **whole, "movement_id": f"{name}:out", "kind": "transfer_out",
        "location_id": here, "destination_id": there,
    }  # fmt: skip
    yield {**whole, "movement_id": f"{name}:in", "kind": "transfer_in", "location_id": there}


def _build(told: Any, kind: str | None, *, is_inward: bool) -> Found:
    kind = _find_kind(told, kind, is_inward=is_inward)
    quantity = take_text(told, "quantity")
    if kind == "adjustment" and not is_inward and quantity is not None:
        quantity = f"-{quantity}"
    here, there = ("to", "from") if is_inward else ("from", "to")
    return {
        **_describe(told),
        "kind": kind,
        "quantity": quantity,
        "location_id": _find(told, f"{here}_location_id") or _find(told, "location_id"),
        "destination_id": (_find(told, f"{there}_location_id") if kind == "transfer_out" else None),
    }


def _find_kind(told: Any, kind: str | None, *, is_inward: bool) -> str:
    """Return what an adjustment was, if its reason, its papers or its states say so."""
    reason = told.get("reason_id")
    named = _REASONS.get(take_text(reason, "type") or "") if type(reason) is dict else None
    if named and (named in _INWARD) is is_inward:
        return named
    if is_inward and any(_find(told, paper) for paper in _RECEIPTS):
        return "receipt"
    return kind or "adjustment"


def _describe(told: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what counts and adjustments have in common."""
    source = told.get("source")
    return {
        "movement_id": take_text(told, "id"),
        "item_id": take_text(told, "catalog_object_id"),
        "quantity": take_text(told, "quantity"),
        "moved_at": take_text(told, "occurred_at"),
        "recorded_at": take_text(told, "created_at"),
        "reference_id": next(filter(None, (_find(told, name) for name in _NAMES)), None),
        "actor": _find(source, "product") if type(source) is dict else None,
    }


def _find(told: Mapping[str, Any], name: str) -> str | None:
    return take_text(told, name) if name in told else None
