"""The writer: class C. A number is set without a key and without comparing.

A product and a variation are changed at different addresses, and a variation may share the
number of its product: an item is looked up before it is written to.

Sources: woocommerce/woocommerce Version3/class-wc-rest-products-controller.php at 010784f
(``sku`` finds products and variations, and is split at commas; a variation is not changed as
a product), -product-variations-controller.php at 0379e4e (``manage_stock: parent``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_receiver import (
    HttpReceiver,
    Request,
    find_document,
)
from inventory_pipeline.connectors.json_take import take_text
from inventory_pipeline.connectors.rest_writer import RestWrite, RestWriter
from inventory_pipeline.connectors.woocommerce.options import MANAGED, STOCK
from inventory_pipeline.connectors.write_words import fill_target, find_words, parse_whole, shorten
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.delivery import Line

_GONE = 404


@dataclass(frozen=True)
class Item:
    """One product or variation as the shop shows it.

    Attributes:
        path: where it is changed.
        objection: why it cannot be; empty: it can.
        quantity: its number; None: it has none of its own.
    """

    path: str = ""
    objection: str = ""
    quantity: int | None = None


class WoocommerceWriter(RestWriter):
    """Sets the stock of one product or variation a request."""

    def __init__(
        self, receiver: HttpReceiver, write: RestWrite, *, system: str, identify_by: str
    ) -> None:
        super().__init__(receiver, write, system=system)
        self._identify_by = identify_by
        self._items: dict[str, Item] = {}

    def prepare(self, lines: Sequence[Line]) -> None:
        """Look up where these items are changed.

        Raises:
            SourceError: the shop could not be asked.
        """
        unknown = [line for line in lines if line.item_id not in self._items]
        if unknown:
            self._look_up(unknown)

    def read(self, lines: Sequence[Line]) -> Mapping[str, int | None]:
        """Return receipt_id → the number of each item; None where it has none of its own.

        Raises:
            SourceError: the shop could not be asked.
        """
        self._look_up(lines)
        return {line.receipt_id: self._items[line.item_id].quantity for line in lines}

    def _look_up(self, lines: Sequence[Line]) -> None:
        with self._asking() as door:
            for line in lines:
                self._items[line.item_id] = self._find_item(line, door)

    def _find_item(self, line: Line, door: HttpDoor) -> Item:
        also = (_GONE,) if self._identify_by == "id" else ()
        answer = self._receiver.ask(
            self._build_read([line]), door=door, label="reading back", also=also
        )
        document = [] if answer.status in also else find_document(answer)
        shown = document if type(document) is list else [document]
        found = [one for one in shown if take_text(one, self._identify_by) == line.item_id]
        if len(found) > 1:
            raise SourceContractError(
                f"reading back: {len(found)} items have the {self._identify_by} "
                f"{shorten(line.item_id)}; wanted one"
            )
        return _read_item(found[0]) if found else Item(objection="the shop knows no such item")

    def _find_objection(self, line: Line, body: bytes) -> str:
        item = self._items.get(line.item_id)
        if item is not None and item.objection:
            return f"not sent: {item.objection}"
        return super()._find_objection(line, body)

    def _build(self, lines: Sequence[Line], key: str, headers: Mapping[str, str]) -> Request:
        self.prepare(lines)
        usual = super()._build(lines, key, headers)
        path = self._items[lines[0].item_id].path
        action = self._actions[lines[0].operation]
        words = find_words(lines[0], key)
        return Request(usual.method, fill_target(path, action.query, words), headers, usual.body)


def _read_item(shown: Any) -> Item:
    """Return what the shop shows of an item.

    Raises:
        SourceContractError: it lacks something, or its number is none.
    """
    number, managed = take_text(shown, "id"), take_text(shown, "manage_stock")
    parent = take_text(shown, "parent_id")
    if managed == "parent":
        return Item(objection=f"it shares the stock of product {parent}: correct that one")
    if managed != MANAGED:
        return Item(objection="its stock is not managed in the shop")
    path = f"products/{number}"
    if take_text(shown, "type") == "variation":
        path = f"products/{parent}/variations/{number}"
    said = take_text(shown, STOCK)
    return Item(path=path, quantity=None if said is None else parse_whole(said))
