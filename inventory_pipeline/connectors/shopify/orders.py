"""Orders: what landed pages say of orders and of the lines that belong to them. Pure.

A page shows the beginnings of long lists; what is missing comes on pages of its own. So an
order is known once all pages are, and what came last of it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.json_take import take, take_list
from inventory_pipeline.connectors.shopify.feeds import LINES_OF, MOST_PARCELS
from inventory_pipeline.connectors.shopify.shapes import find_kind

Lines = dict[str, Any]


@dataclass
class Orders:
    """All orders of some pages.

    Attributes:
        headers: by gid, what its newest page says of an order, its parcels, its refunds and
            where the shop promised to send it from.
        lines: by the gid of their owner (order, parcel, refund, promise) and their own.
        unread: gids of owners whose page does not show all of their lines.
        full: gids of orders whose page shows as many parcels or refunds as were asked for.
        too_long: orders with more of them than are read at all.
    """

    headers: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, Lines] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    full: set[str] = field(default_factory=set)
    too_long: set[str] = field(default_factory=set)

    def gather(self, bodies: Iterable[bytes], *, shown: int) -> None:
        """Take landed pages.

        Args:
            shown: how many parcels a page of several orders was asked to show.

        Raises:
            SourceContractError: a page is not what was asked for.
        """
        for body in bodies:
            data = take(load_strictly(decode_text(body)), "data")
            if "node" in data:
                self._add_lines(data["node"])
            elif "order" in data:
                self._add_order(data["order"], shown=MOST_PARCELS, full=self.too_long)
            else:
                for node in take_list(data, "orders", "nodes"):
                    self._add_order(node, shown=shown, full=self.full)

    def find_lines(self, owner: Any) -> list[Any]:
        """Return the lines of an order, a parcel, a refund or a promise."""
        return list(self.lines[take(owner, "id")].values())

    def _add_order(self, order: Any, *, shown: int, full: set[str]) -> None:
        gid = str(take(order, "id"))
        self.headers[gid] = order
        full.discard(gid)
        promises = order.get("fulfillmentOrders") or {"nodes": [], "pageInfo": {}}
        lists = [
            take_list(order, "fulfillments"), take_list(order, "refunds"), promises["nodes"],
        ]  # fmt: skip
        if any(len(owners) >= shown for owners in lists[:2]) or _has_more(promises):
            full.add(gid)
        for owner in (order, *lists[0], *lists[1], *lists[2]):
            self._add_lines(owner)

    def _add_lines(self, owner: Any) -> None:
        gid = str(take(owner, "id"))
        found = take(owner, LINES_OF[find_kind(gid)])
        known = self.lines.setdefault(gid, {})
        known |= {name_line(gid, line): line for line in take_list(found, "nodes")}
        if _has_more(found):
            self.unread.add(gid)


def _has_more(connection: Any) -> bool:
    return bool(take(connection, "pageInfo").get("hasNextPage") is True)


def name_line(owner: str, line: Any) -> str:
    """Return the gid of a line; one of a refund may have none and is named by what it says."""
    gid = take(line, "id")
    if gid is not None:
        return str(gid)
    place = take(line, "location") or {"id": ""}
    parts = (owner, take(line, "lineItem", "id"), take(line, "restockType"), take(place, "id"))
    return "/".join(str(part).removeprefix("gid://shopify/") for part in parts)
