"""Shapes: the parts of an answer, taken out by name or refused. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.json_take import take, take_list
from inventory_pipeline.errors import SourceContractError


@dataclass(frozen=True)
class Item:
    """One inventory item of a page.

    Attributes:
        gid: ``gid://shopify/InventoryItem/123``.
        has_more: its page does not show all of its levels; other pages show all of them.
    """

    gid: str
    sku: str
    is_tracked: bool
    levels: list[Any]
    has_more: bool


def find_tail(gid: Any) -> str:
    """Return the number at the end of a gid.

    Raises:
        SourceContractError: it is no gid.
    """
    text = str(gid)
    head, _, tail = text.rpartition("/")
    if not head.startswith("gid://") or not (tail.isascii() and tail.isdigit()):
        raise SourceContractError("an id of the answer is no gid://…/number")
    return tail


def find_kind(gid: Any) -> str:
    """Return what a gid is an id of, such as ``Order``.

    Raises:
        SourceContractError: it is no gid.
    """
    find_tail(gid)
    return str(gid).removeprefix("gid://shopify/").partition("/")[0]


def read_items(document: Any) -> Iterator[Item]:
    """Yield the items of one landed page, of either kind: many items, or one with its levels.

    Raises:
        SourceContractError: the page has another shape.
    """
    data = take(document, "data")
    if type(data) is dict and "inventoryItem" in data:
        yield _read_item(data["inventoryItem"], is_alone=True)
        return
    for node in take_list(data, "inventoryItems", "nodes"):
        yield _read_item(node, is_alone=False)


def _read_item(node: Any, *, is_alone: bool) -> Item:
    levels = take(node, "inventoryLevels")
    find_tail(take(node, "id"))
    return Item(
        gid=node["id"],
        sku=take(node, "sku") or "",
        is_tracked=take(node, "tracked") is True,
        levels=take_list(levels, "nodes"),
        has_more=not is_alone and take(levels, "pageInfo", "hasNextPage") is True,
    )


def read_quantities(level: Any) -> dict[str, str | None]:
    """Return the quantities of one level by their names, each as it was written.

    Raises:
        SourceContractError: they have another shape.
    """
    found = {}
    for one in take_list(level, "quantities"):
        quantity = take(one, "quantity")
        found[str(take(one, "name"))] = None if quantity is None else str(quantity)
    return found
