"""Bulk operations of the stand-in: begun, looked at, and the file they leave behind.

The file is written as the shop writes it: compact, slashes escaped, children anywhere and
with the gid of their item (recorded lines: airbytehq/airbyte, source-shopify/unit_tests).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from inventory_pipeline_tests.support.shopify.state import NAMES, Shelf

BEGUN_AT = "2026-04-06T10:01:00Z"
FILES = "/shopify-tiers-assets/"
SIGNATURE = "Signature=not-for-logs"


@dataclass
class Bulks:
    """What a test may say of the operations of a shop.

    Attributes:
        statuses: what the next looks at an operation see; the last one stays.
        busy: codes of user errors that the next attempts to begin get.
        change: what becomes of the shown operation.
        spoil: what becomes of the lines of its file.
        storage: where the files lie; none: the shop's own address.
    """

    statuses: list[str] = field(default_factory=lambda: ["CREATED", "RUNNING", "COMPLETED"])
    busy: list[str] = field(default_factory=list)
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda shown: shown
    spoil: Callable[[list[str]], list[str]] = lambda lines: lines
    storage: str = ""
    here: str = ""
    canceled: list[str] = field(default_factory=list)
    begun: int = 0
    lines: list[str] = field(default_factory=list)
    objects: int = 0
    roots: int = 0

    def begin(self, shelf: Shelf) -> dict[str, Any]:
        if self.busy:
            error = {"code": self.busy.pop(0), "field": None, "message": "try later, friend"}
            return {"bulkOperation": None, "userErrors": [error]}
        self.begun += 1
        lines = render_lines(shelf)
        self.objects, self.roots = len(lines), sum("__parentId" not in line for line in lines)
        self.lines = self.spoil(lines)
        return {"bulkOperation": {"id": self._gid}, "userErrors": []}

    def show(self, gid: str) -> dict[str, Any] | None:
        if gid != self._gid:
            return None
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        is_done = status == "COMPLETED" and self.objects
        place = self.storage or self.here
        return self.change(
            {
                "id": gid,
                "status": status,
                "errorCode": None,
                "createdAt": BEGUN_AT,
                "objectCount": str(self.objects),
                "rootObjectCount": str(self.roots),
                "url": f"{place}{FILES}{self.begun}.jsonl?{SIGNATURE}" if is_done else None,
            }
        )

    def cancel(self, gid: str) -> dict[str, Any]:
        self.canceled.append(gid)
        return {"bulkOperation": None, "userErrors": []}

    def render_file(self) -> bytes:
        return "".join(f"{line}\n" for line in self.lines).encode()

    @property
    def _gid(self) -> str:
        return f"gid://shopify/BulkOperation/{self.begun}"


def render_lines(shelf: Shelf) -> list[str]:
    """Return the file's lines: every item, and behind it its levels."""
    lines = []
    for item in shelf.items.values():
        lines.append(_render({"id": item.gid, "sku": item.sku, "tracked": item.is_tracked}))
        for gid, level in item.levels.items():
            number = gid.rpartition("/")[2]
            lines.append(
                _render(
                    {
                        "id": f"gid://shopify/InventoryLevel/{number}?inventory_item_id="
                        f"{item.number}",
                        "isActive": level.is_active,
                        "location": {"id": gid, "name": shelf.places[gid]},
                        "quantities": [{"name": n, "quantity": level.read(n)} for n in NAMES],
                        "__parentId": item.gid,
                    }
                )
            )
    return lines


def _render(node: dict[str, Any]) -> str:
    return json.dumps(node, separators=(",", ":"), ensure_ascii=False).replace("/", "\\/")
