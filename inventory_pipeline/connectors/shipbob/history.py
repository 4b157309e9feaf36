"""History: events of a center's stock as movements. Pure.

An event has two sides: where units went (``increment``) and where they came from
(``decrement``), each with a center, or null. Which side is the shelf depends on the category:
a stow takes units off a dock, which was never on hand; a pick puts them into a tote, which is
not on hand any more. Only what moves units between shelves or sets them counts both.

Sources: developer.shipbob.com/2026-07/guides/inventory-history (sides, categories),
query-inventory-history-events (fields).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from inventory_pipeline.connectors.coded_rows import Found, LeftOut, Odd, sign_movement
from inventory_pipeline.connectors.json_take import take_text
from inventory_pipeline.errors import SourceContractError

# Out of one center and into another one: a movement at each of them.
TRANSFER = "transfer"
# Event category: what it is as a movement, unless the options say otherwise.
KINDS = {
    "ReceivingStow": "receipt",
    "InventoryReceived": "receipt",
    "KittingStow": "adjustment",
    "OrderPicked": "shipment",
    "InventoryRestocked": "adjustment",
    "InventoryAdjusted": "adjustment",
    "AttributeUpdated": "adjustment",
    "InventoryFacilityUpdated": TRANSFER,
}
_SHELF: Mapping[str, Literal["increment", "decrement"]] = {
    "ReceivingStow": "increment",
    "InventoryReceived": "increment",
    "KittingStow": "increment",
    "InventoryRestocked": "increment",
    "OrderPicked": "decrement",
}
_SIDES = ("increment", "decrement")
_ID = "inventory_audit_event_id"


@dataclass(frozen=True)
class History:
    """Reads events; items are called as ``identify_by`` says."""

    identify_by: str
    kinds: Mapping[str, str]

    def read(self, event: Any) -> Iterator[Found]:
        """Yield the movements of one event, one for each center whose number it changed.

        Raises:
            SourceContractError: the event lacks something.
        """
        category = take_text(event, "event_category") or ""
        kind = {**KINDS, **self.kinds}.get(category)
        if kind is None:
            yield Odd(f"event_category is {category[:40]!r}, which has no kind: kinds: names one")
            return
        sides = (_SHELF[category],) if category in _SHELF else _SIDES
        details = [event[side] for side in sides if event.get(side) is not None]
        if not details:
            raise SourceContractError(f"{category} has no {' and no '.join(sides)}")
        changes = [(detail, change) for detail, change in _add_up(details) if change != "0"]
        if not changes:
            yield LeftOut(f"events that change no number ({category})")
        for detail, change in changes:
            movement = self._build(event, kind, detail, change)
            yield {**movement, **_join(movement, changes)} if kind == TRANSFER else movement

    def _build(
        self, event: Any, kind: str, detail: Any, change: str | None
    ) -> dict[str, str | None]:
        facility, number = take_text(detail, "facility_id"), take_text(event, _ID)
        named = detail if self.identify_by == "sku" else event
        if kind == TRANSFER:
            kind = "transfer_out" if (change or "").startswith("-") else "transfer_in"
        return {
            "movement_id": f"{number}@{facility}",
            **sign_movement(kind, change),
            "item_id": take_text(named, self.identify_by),
            "location_id": facility,
            "moved_at": take_text(event, "event_datetime"),
            "reference_id": take_text(event, "shipbob_order_id"),
            "sequence": number,
        }


def _join(
    movement: Mapping[str, str | None], changes: list[tuple[Any, str | None]]
) -> dict[str, str | None]:
    """Return what joins the two halves of a transfer: its event, and where the units went."""
    centers = [take_text(detail, "facility_id") for detail, _ in changes]
    there = next((center for center in centers if center != movement["location_id"]), None)
    is_out = movement["kind"] == "transfer_out"
    return {"reference_id": movement["sequence"], "destination_id": there if is_out else None}


def _add_up(details: list[Any]) -> list[tuple[Any, str | None]]:
    """Return one side for each center, with what all of its sides make together.

    A number that cannot be added stays as it was written.
    """
    groups: dict[str | None, list[Any]] = {}
    for detail in details:
        groups.setdefault(take_text(detail, "facility_id"), []).append(detail)
    return [(some[0], _sum(some)) for some in groups.values()]


def _sum(details: list[Any]) -> str | None:
    texts = [take_text(detail, "quantity_change") for detail in details]
    odd = [text for text in texts if not _is_whole(text or "")]
    return odd[0] if odd else str(sum(int(text or "") for text in texts))


def _is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit()
