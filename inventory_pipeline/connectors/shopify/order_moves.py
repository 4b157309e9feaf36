"""Order moves: what one order, its parcels and its refunds did to stock. Pure.

Two things are told as what they do to stock, since no kind is called so: a parcel that was
called back is a shipment, its return and a new order of the same; what is left of a cancelled
order is cancelled with it, line by line.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from inventory_pipeline.connectors.json_take import take, take_list
from inventory_pipeline.connectors.shopify.orders import Orders, name_line
from inventory_pipeline.connectors.shopify.shapes import find_tail
from inventory_pipeline.errors import SourceContractError

_SENT, _CALLED_BACK = "SUCCESS", "CANCELLED"
_RETURNED, _CANCELLED, _KEPT = "RETURN", "CANCEL", "NO_RESTOCK"
_SELLABLE = "restock"
_SEVERAL = "lines promised at several locations, told at the one with most of it"
_NOT_SENT = "lines of parcels that are not sent"
_NOT_BACK = "refunded lines of which nothing was put back"


class Move(NamedTuple):
    """One movement of one order line.

    Attributes:
        line: gid of the order line.
        place: a location of the shop, or None where it names none.
        reason: why this can be no movement.
    """

    movement_id: str
    kind: str
    line: str
    place: Any
    quantity: Any
    moved_at: Any
    disposition: str = ""
    reason: str | None = None


def find_moves(orders: Orders, order: Any, left_out: Counter[str]) -> Iterator[Move]:
    """Yield every movement of an order; what is none on purpose is added to ``left_out``.

    Raises:
        SourceContractError: the order has another shape.
    """
    places = _find_places(orders, order, left_out)
    ordered_at = take(order, "createdAt")
    for line in orders.find_lines(order):
        gid = str(take(line, "id"))
        name, units = f"{shorten(gid)}/placed", take(line, "quantity")
        yield Move(name, "order_placed", gid, places.get(gid), units, ordered_at)
    for parcel in take_list(order, "fulfillments"):
        yield from _send(orders, parcel, left_out)
    for refund in take_list(order, "refunds"):
        is_part = _is_part_of_cancelling(order, refund)
        for back in orders.find_lines(refund):
            yield from _put_back(refund, back, left_out, is_part=is_part)
    if take(order, "cancelledAt") is not None:
        yield from _cancel(orders, order, places)


def shorten(gid: Any) -> str:
    """Return ``LineItem/123`` of a gid."""
    return str(gid).removeprefix("gid://shopify/")


def _find_places(orders: Orders, order: Any, left_out: Counter[str]) -> dict[str, Any]:
    """Return order line → the location where most of it is to be sent from."""
    units: dict[str, Counter[str]] = {}
    places: dict[str, Any] = {}
    for promise in (order.get("fulfillmentOrders") or {"nodes": []})["nodes"]:
        place = take(promise, "assignedLocation", "location")
        for line in orders.find_lines(promise) if place is not None else ():
            gid, at = str(take(line, "lineItem", "id")), str(take(place, "id"))
            places[at] = place
            units.setdefault(gid, Counter())[at] += _count(take(line, "totalQuantity")) or 0
    left_out[_SEVERAL] += sum(len(+at) > 1 for at in units.values())
    return {
        gid: places[max(at, key=lambda one: (at[one], find_tail(one)))] for gid, at in units.items()
    }


def _send(orders: Orders, parcel: Any, left_out: Counter[str]) -> Iterator[Move]:
    status, place = take(parcel, "status"), take(parcel, "location")
    for sent in orders.find_lines(parcel):
        if status not in (_SENT, _CALLED_BACK):
            left_out[_NOT_SENT] += 1
            continue
        name, line = shorten(take(sent, "id")), str(take(sent, "lineItem", "id"))
        units, at = take(sent, "quantity"), take(parcel, "updatedAt")
        yield Move(name, "shipment", line, place, units, take(parcel, "createdAt"))
        if status == _CALLED_BACK:
            yield Move(f"{name}/back", "return_received", line, place, units, at, _SELLABLE)
            yield Move(f"{name}/again", "order_placed", line, place, units, at)


def _put_back(refund: Any, back: Any, left_out: Counter[str], *, is_part: bool) -> Iterator[Move]:
    way, line = take(back, "restockType"), str(take(back, "lineItem", "id"))
    name = shorten(name_line(str(refund["id"]), back))
    units, at = take(back, "quantity"), take(refund, "createdAt")
    place = take(back, "location")
    if way == _RETURNED and take(back, "restocked") is True:
        yield Move(name, "return_received", line, place, units, at, _SELLABLE)
    elif way in (_RETURNED, _KEPT):
        left_out[_NOT_BACK] += 1
    elif way != _CANCELLED:
        reason = f"restockType is {str(way)[:40]!r}; nobody knows whether it had been sent"
        yield Move(name, "", line, place, units, at, reason=reason)
    elif not is_part:
        yield Move(name, "order_cancelled", line, place, units, at)


def _cancel(orders: Orders, order: Any, places: Mapping[str, Any]) -> Iterator[Move]:
    """Yield what was neither sent nor cancelled before the order was."""
    gone = _count_gone(orders, order)
    for line in orders.find_lines(order):
        gid, ordered = str(take(line, "id")), _count(take(line, "quantity"))
        name, at = f"{shorten(gid)}/cancelled", take(order, "cancelledAt")
        if ordered is None or gone.get(gid, 0) is None:
            reason = "a quantity of the order is no whole number"
            yield Move(name, "", gid, places.get(gid), None, at, reason=reason)
            continue
        left = ordered - (gone.get(gid) or 0)
        if left > 0:
            yield Move(name, "order_cancelled", gid, places.get(gid), str(left), at)


def _count_gone(orders: Orders, order: Any) -> dict[str, int | None]:
    """Return order line → units sent, or cancelled alone; None where nobody can tell."""
    entries = [
        sent
        for parcel in take_list(order, "fulfillments")
        if take(parcel, "status") == _SENT
        for sent in orders.find_lines(parcel)
    ]
    entries += [
        back
        for refund in take_list(order, "refunds")
        if not _is_part_of_cancelling(order, refund)
        for back in orders.find_lines(refund)
        if take(back, "restockType") == _CANCELLED
    ]
    gone: dict[str, int | None] = {}
    for entry in entries:
        gid, units = str(take(entry, "lineItem", "id")), _count(take(entry, "quantity"))
        before = gone.get(gid, 0)
        gone[gid] = None if before is None or units is None else before + units
    return gone


def _is_part_of_cancelling(order: Any, refund: Any) -> bool:
    """Return whether a refund came with the end of its order, which is told line by line."""
    cancelled_at, at = take(order, "cancelledAt"), take(refund, "createdAt")
    if cancelled_at is None or at is None:
        return cancelled_at is not None
    return _read_instant(at) >= _read_instant(cancelled_at)


def _read_instant(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SourceContractError("a time of an order is no instant with a zone")
    return moment


def _count(text: Any) -> int | None:
    """Return a whole number; numbers of an answer are texts."""
    whole = str(text)
    return int(whole) if whole.isascii() and whole.isdigit() and len(whole) < 18 else None
