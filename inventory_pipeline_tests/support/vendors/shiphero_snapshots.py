"""Snapshots of the stand-in for ShipHero: asked for, looked at, and the file they leave behind.

Shapes: developer.shiphero.com/inventory-snapshot and /schema/types/inventory-snapshot; the file
of the newer format after community.shiphero.com/t/3114.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from inventory_pipeline_tests.support.stand_in import Reply, answer_json
from inventory_pipeline_tests.support.vendors.vendor import Level

BEGUN_AT = "2026-04-06T10:01:00+00:00"
FILES = "/snapshots/"
SIGNATURE = "X-Amz-Signature=not-for-logs"
ACCOUNT = "QWNjb3VudDo2MzM0"
# What the file calls otherwise than the queries do.
NAMES = {"reserve_inventory": "reserve", "non_sellable_quantity": "non_sellable"}
QUANTITIES = (
    "on_hand", "allocated", "available", "reserve_inventory", "non_sellable_quantity",
    "backorder", "sell_ahead",
)  # fmt: skip


@dataclass
class Snapshots:
    """What a test may say of snapshots.

    Attributes:
        statuses: what the next looks see; the last one stays.
        is_new: whether the file groups its products by account.
        change: what becomes of the shown snapshot.
        spoil: what becomes of the file.
    """

    statuses: list[str] = field(default_factory=lambda: ["enqueued", "processing", "success"])
    is_new: bool = True
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda shown: shown
    spoil: Callable[[bytes], bytes] = lambda body: body
    asked: list[dict[str, Any]] = field(default_factory=list)
    stopped: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, root: str, told: dict[str, Any], *, here: str) -> Reply:
        """Answer one document about snapshots."""
        match root:
            case "inventory_generate_snapshot":
                return self.begin(told["data"])
            case "inventory_abort_snapshot":
                return self.stop(told["data"])
        return self.show(told["id"], here=here)

    def begin(self, told: dict[str, Any]) -> Reply:
        self.asked.append(told)
        return _answer("inventory_generate_snapshot", self._shape("enqueued", None))

    def show(self, name: str, *, here: str) -> Reply:
        if name != self._name:
            return _answer("inventory_snapshot", None)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        url = f"{here}{FILES}{name}.json?{SIGNATURE}" if status == "success" else None
        return _answer("inventory_snapshot", self.change(self._shape(status, url)))

    def stop(self, told: dict[str, Any]) -> Reply:
        self.stopped.append(told)
        return _answer("inventory_abort_snapshot", self._shape("aborted", None))

    def serve(self, levels: Sequence[Level]) -> Reply:
        """Answer as the storage does, which knows of no token."""
        wanted = self.asked[-1].get("warehouse_id")
        mine = [level for level in levels if wanted in (None, level.location_id)]
        body = self.spoil(self.render(mine))
        return Reply(body, headers={"Content-Type": "application/json"})

    def render(self, levels: Sequence[Level]) -> bytes:
        """Return the file: products by SKU, each with its levels by warehouse."""
        products: dict[str, Any] = {}
        for level in levels:
            empty = {"sku": level.item_id, "account_id": ACCOUNT, "vendors": {}}
            product = products.setdefault(level.item_id, {**empty, "warehouse_products": {}})
            product["warehouse_products"][level.location_id] = _render(level)
        head = {"snapshot_id": self._name, "snapshot_started_at": BEGUN_AT}
        found = {ACCOUNT: products} if self.is_new else products
        return json.dumps({**head, "products": found}, indent=4).encode()

    @property
    def _name(self) -> str:
        return f"5e70d213{len(self.asked)}"

    def _shape(self, status: str, url: str | None) -> dict[str, Any]:
        return {
            "snapshot_id": self._name,
            "status": f"InventorySnapshotStatus.{status}",
            "error": None,
            "created_at": BEGUN_AT,
            "snapshot_url": url,
        }


def _render(level: Level) -> dict[str, Any]:
    numbers = {NAMES.get(n, n): level.quantities.get(n, 0) for n in QUANTITIES}
    bins = {"QmluOjE=": {"location_name": "A-01", "sellable": True, "quantity": 1}}
    return {"warehouse_id": level.location_id, **numbers, "qty_in_totes": 0, "item_bins": bins}


def _answer(name: str, shown: dict[str, Any] | None) -> Reply:
    return answer_json({"data": {name: {"request_id": "5d", "complexity": 30, "snapshot": shown}}})
