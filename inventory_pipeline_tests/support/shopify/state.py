"""A shop's shelf: items, places, quantities; changed as the vendor's documentation says."""

from dataclasses import dataclass, field
from typing import Any

PARTS = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control")
NAMES = (*PARTS, "on_hand", "incoming")
REASONS = (
    "correction", "cycle_count_available", "damaged", "movement_canceled", "movement_created",
    "movement_received", "movement_updated", "other", "promotion", "quality_control", "received",
    "reservation_created", "reservation_deleted", "reservation_updated", "restock",
    "safety_stock", "shrinkage",
)  # fmt: skip
MOST = 1_000_000_000


@dataclass
class Level:
    """The numbers of one item at one place; on_hand is what the parts make."""

    place: str
    parts: dict[str, int]
    is_active: bool = True
    lies_by: int = 0

    def read(self, name: str) -> int:
        if name == "on_hand":
            return sum(self.parts[part] for part in PARTS) + self.lies_by
        return self.parts.get(name, 0)

    def move(self, name: str, delta: int) -> None:
        """Move a number; on_hand moves by what is available."""
        moved = "available" if name == "on_hand" else name
        self.parts[moved] += delta


@dataclass
class Item:
    number: int
    sku: str | None
    levels: dict[str, Level] = field(default_factory=dict)
    is_tracked: bool = True
    is_bundle: bool = False

    @property
    def gid(self) -> str:
        return f"gid://shopify/InventoryItem/{self.number}"


@dataclass
class Shelf:
    """All items by gid, all places (gid → name)."""

    items: dict[str, Item] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def add_place(self, name: str) -> str:
        gid = f"gid://shopify/Location/{len(self.places) + 1}"
        self.places[gid] = name
        return gid

    def add(self, sku: str | None, /, *numbers: int, tracked: bool = True, **parts: int) -> Item:
        """Add an item with so many available at the first, second … place."""
        item = Item(1001 + len(self.items), sku, is_tracked=tracked)
        while len(self.places) < len(numbers):
            self.add_place(f"L{len(self.places) + 1}")
        for place, available in zip(self.places, numbers, strict=False):
            whole = dict.fromkeys(PARTS, 0) | {"incoming": 0} | parts | {"available": available}
            item.levels[place] = Level(place, whole)
        self.items[item.gid] = item
        return item

    def find_complaints(self, rows: list[dict[str, Any]], name: str, kind: str) -> list[Any]:
        """Return the user errors of a request; without any it may be applied."""
        found, seen = [], set()
        for number, row in enumerate(rows):
            code, column = self._find_complaint(row, name, seen)
            if code:
                path = ["input", kind, str(number), column]
                found.append({"code": code, "field": path, "message": f"{code.lower()}."})
        return found

    def _find_complaint(self, row: dict[str, Any], name: str, seen: set[Any]) -> tuple[str, str]:
        item = self.items.get(row["inventoryItemId"])
        if item is None:
            return "INVALID_INVENTORY_ITEM", "inventoryItemId"
        if row["locationId"] not in self.places:
            return "INVALID_LOCATION", "locationId"
        pair = (item.gid, row["locationId"])
        if pair in seen:
            return "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR", "inventoryItemId"
        seen.add(pair)
        if item.is_bundle:
            return "NON_MUTABLE_INVENTORY_ITEM", "inventoryItemId"
        level = item.levels.get(row["locationId"])
        if level is None:
            return "ITEM_NOT_STOCKED_AT_LOCATION", "locationId"
        return _judge_number(row, level.read(name))

    def apply(self, rows: list[dict[str, Any]], name: str) -> int:
        """Apply a request; return how many numbers it changed."""
        changed = 0
        for row in rows:
            level = self.items[row["inventoryItemId"]].levels[row["locationId"]]
            delta = row["delta"] if "delta" in row else row["quantity"] - level.read(name)
            level.move(name, delta)
            changed += delta != 0
        return changed


def _judge_number(row: dict[str, Any], before: int) -> tuple[str, str]:
    if row.get("quantity", 0) < 0:
        return "INVALID_QUANTITY_NEGATIVE", "quantity"
    after = row["quantity"] if "quantity" in row else before + row["delta"]
    if abs(after) > MOST:
        return (
            "INVALID_QUANTITY_TOO_HIGH" if after > 0 else "INVALID_QUANTITY_TOO_LOW"
        ), "quantity"
    expected = row["changeFromQuantity"]
    if expected is not None and expected != before:
        return "CHANGE_FROM_QUANTITY_STALE", "changeFromQuantity"
    return "", ""
