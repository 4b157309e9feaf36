"""Changes: deliveries that are trusted as rows of ``levels``, the others as refused. Pure.

Grain: one change of ``available`` of one item at one place: the number it was set to.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from inventory_pipeline.connectors.json_strict import load_strictly
from inventory_pipeline.connectors.json_take import take
from inventory_pipeline.connectors.shopify.deliveries import TOPIC, Delivery, find_change_id
from inventory_pipeline.connectors.shopify.documents import AVAILABLE
from inventory_pipeline.connectors.shopify.movements import call_item, find_nameless
from inventory_pipeline.connectors.shopify.options import ShopifyOptions
from inventory_pipeline.connectors.tables import build_rejected
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.ports import RawFrame

_COLUMNS = RAW_FEEDS["levels"][0]
_REPEATED = "deliveries that came again"
_OTHER = "deliveries of another topic"
_UNTRACKED = "changes left out because their items are not tracked"
_ELSEWHERE = "changes left out because their location is not configured"


@dataclass(frozen=True)
class Change:
    """What the body of a delivery says, as it was written."""

    item: str
    place: str
    available: str | None
    changed_at: str


@dataclass
class Changes:
    """Rows of ``levels``, what cannot be one, and what is left out on purpose.

    Attributes:
        items, places: what the shop calls them, by number; none: they go by their number.
    """

    options: ShopifyOptions
    items: Mapping[str, Any] | None
    places: Mapping[str, str] | None
    left_out: Counter[str] = field(default_factory=Counter)
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _rows: list[tuple[Any, ...]] = field(default_factory=list)
    _rejected: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, delivery: Delivery) -> None:
        """Take one delivery; one that came before is dropped."""
        if delivery.reason:
            self._reject(delivery, delivery.reason)
        elif delivery.topic != TOPIC:
            self.left_out[_OTHER] += 1
        else:
            try:
                self._add(delivery, read_change(delivery))
            except SourceContractError as error:
                self._reject(delivery, str(error))

    def describe(self) -> list[str]:
        """Return one sentence for each kind of what is left out."""
        return [f"{said}: {count:,}" for said, count in sorted(self.left_out.items())]

    def build(self) -> RawFrame:
        """Return everything as frames."""
        schema = {"row": pl.Int64(), **dict.fromkeys(_COLUMNS, pl.String())}
        rows = pl.DataFrame(self._rows, schema=schema, orient="row")
        return RawFrame(rows, build_rejected(self._rejected))

    def _add(self, delivery: Delivery, change: Change) -> None:
        change_id = find_change_id(delivery, item=change.item, place=change.place)
        names = {(change_id, delivery.body), (delivery.webhook_id or change_id, delivery.body)}
        if not self._seen.isdisjoint(names):
            self.left_out[_REPEATED] += 1
            return
        self._seen |= names
        place = self._call_place(change)
        if self.options.locations is not None and place not in self.options.locations:
            self.left_out[_ELSEWHERE] += 1
            return
        item_id = self._call_item(change)
        if item_id is None:
            self.left_out[_UNTRACKED] += 1
            return
        fact = next((f for f, name in self.options.facts.items() if name == AVAILABLE), AVAILABLE)
        cells = (change_id, item_id, place, fact, "set", change.available, change.changed_at)
        self._rows.append((self._next, *cells))

    def _call_item(self, change: Change) -> str | None:
        """Return what an item is called; None: nothing is counted of it.

        Raises:
            SourceContractError: nobody can tell which item it is.
        """
        if self.items is None:
            return change.item
        item = self.items.get(change.item)
        if item is None:
            raise SourceContractError(f"the shop has no inventory item {change.item} any more")
        if take(item, "tracked") is not True:
            return None
        if reason := find_nameless(item, self.options):
            raise SourceContractError(reason)
        return call_item(item, self.options)

    def _call_place(self, change: Change) -> str:
        if self.places is None:
            return change.place
        if change.place not in self.places:
            raise SourceContractError(f"the shop has no location {change.place} any more")
        return self.places[change.place]

    def _reject(self, delivery: Delivery, reason: str) -> None:
        text = json.dumps({k: v for k, v in asdict(delivery).items() if v}, ensure_ascii=False)
        self._rejected.append((self._next, reason, text))

    @property
    def _next(self) -> int:
        return len(self._rows) + len(self._rejected) + 1


def read_change(delivery: Delivery) -> Change:
    """Read the body of a delivery that is trusted.

    Raises:
        SourceContractError: it is no change of a level.
    """
    body = load_strictly(delivery.body)
    item, place = str(take(body, "inventory_item_id")), str(take(body, "location_id"))
    available = take(body, "available")
    if not (item.isascii() and item.isdigit() and place.isascii() and place.isdigit()):
        raise SourceContractError("the body names no item or no location by its number")
    return Change(
        item, place, None if available is None else str(available), str(take(body, "updated_at"))
    )
