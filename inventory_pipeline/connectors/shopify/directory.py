"""The directory: what the shop calls an item or a place that we know by another name."""

from collections.abc import Iterable
from typing import Any

from inventory_pipeline.connectors.json_take import take
from inventory_pipeline.connectors.shopify.desk import ShopifyDesk
from inventory_pipeline.connectors.shopify.documents import ITEMS_BY_SKU, PLACES
from inventory_pipeline.connectors.shopify.options import ShopifyOptions
from inventory_pipeline.model.delivery import Line

_ITEM, _PLACE = "gid://shopify/InventoryItem/", "gid://shopify/Location/"
_PAGE = 250
# A search for more of them at once gets long.
_SKUS_AT_ONCE = 50


class Directory:
    """Remembers names; ``None`` stands for a name that leads nowhere, or to two items."""

    def __init__(self, desk: ShopifyDesk, options: ShopifyOptions) -> None:
        self._desk, self._options = desk, options
        self._items: dict[str, str | None] = {}
        self._places: dict[str, str] | None = None

    def learn(self, lines: Iterable[Line]) -> None:
        """Look up what the lines name, known or not: a SKU may have moved to another item.

        Raises:
            SourceError: the shop could not be read.
        """
        if self._options.identify_by == "sku":
            named = list(dict.fromkeys(line.item_id for line in lines))
            for start in range(0, len(named), _SKUS_AT_ONCE):
                self._items |= self._find_items(named[start : start + _SKUS_AT_ONCE])
        if self._options.locate_by == "name":
            self._places = self._find_places()

    def learn_new(self, lines: Iterable[Line]) -> None:
        """Look up what was never looked up.

        Raises:
            SourceError: the shop could not be read.
        """
        by_sku, by_name = (
            self._options.identify_by == "sku",
            self._options.locate_by == "name" and self._places is None,
        )
        new = [line for line in lines if by_name or (by_sku and line.item_id not in self._items)]
        if new:
            self.learn(new)

    def find_item(self, line: Line) -> str | None:
        """Return the gid of the line's item; None: the shop has no such item, or two."""
        if self._options.identify_by == "sku":
            return self._items.get(line.item_id)
        return _spell(_ITEM, line.item_id)

    def find_place(self, line: Line) -> str | None:
        """Return the gid of the line's location; None: the shop has no such place."""
        if self._options.locate_by == "name":
            return (self._places or {}).get(line.location_id)
        return _spell(_PLACE, line.location_id)

    def _find_items(self, skus: list[str]) -> dict[str, str | None]:
        found: dict[str, set[str]] = {sku: set() for sku in skus}
        wanted = {"first": _PAGE, "filter": " OR ".join(map(_quote, skus))}
        for node in self._ask_all(ITEMS_BY_SKU, wanted):
            # The search finds more than it is asked for: other cases, parts of words.
            if take(node, "tracked") is True and take(node, "sku") in found:
                found[node["sku"]].add(str(take(node, "id")))
        return {sku: min(ids) if len(ids) == 1 else None for sku, ids in found.items()}

    def _find_places(self) -> dict[str, str]:
        nodes = self._ask_all(PLACES, {"first": _PAGE})
        return {str(take(node, "name")): str(take(node, "id")) for node in nodes}

    def _ask_all(self, document: str, variables: dict[str, Any]) -> list[Any]:
        with self._desk.open_door() as (door, until):
            return list(self._desk.ask_all(door, until, document, variables))


def _quote(sku: str) -> str:
    inner = sku.replace("\\", "\\\\").replace('"', '\\"')
    return f'sku:"{inner}"'


def _spell(kind: str, number: str) -> str | None:
    return f"{kind}{number}" if number.isascii() and number.isdigit() else None
