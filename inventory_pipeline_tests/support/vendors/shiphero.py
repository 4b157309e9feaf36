"""A stand-in for ShipHero: levels, changes, numbers that are set, and errors with status 200.

Shapes: developer.shiphero.com/schema (warehouse-product, inventory-change, warehouse,
replace-inventory-input, the results of each query), /getting-started (tokens),
/troubleshooting/error-glossary (errors).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import build_schema, parse, validate

from inventory_pipeline.connectors.shiphero.connector import ShipheroConnector
from inventory_pipeline.connectors.shiphero.options import ShipheroOptions
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, answer_json
from inventory_pipeline_tests.support.vendors.shape import (
    ANY,
    FLAG,
    MAYBE_TEXT,
    NONE,
    TEXT,
    WHOLE,
    check_shape,
)
from inventory_pipeline_tests.support.vendors.shiphero_snapshots import FILES, Snapshots
from inventory_pipeline_tests.support.vendors.vendor import Level

REFRESH, ACCESS = "refresh-9c1e", "access-77aa"
GRAPHQL, REFRESH_PATH = "/graphql", "/auth/refresh"
QUANTITIES = (
    "on_hand", "allocated", "available", "reserve_inventory", "non_sellable_quantity",
    "backorder", "sell_ahead",
)  # fmt: skip
_LEVEL = {
    "id": TEXT, "sku": TEXT, "warehouse_id": TEXT, "warehouse_identifier": TEXT,
    **dict.fromkeys(QUANTITIES, ANY),
}  # fmt: skip
_CHANGE = {
    "id": TEXT, "warehouse_id": TEXT, "sku": MAYBE_TEXT, "previous_on_hand": ANY,
    "change_in_on_hand": ANY, "reason": MAYBE_TEXT, "cycle_counted": (FLAG, NONE),
    "location_id": MAYBE_TEXT, "created_at": TEXT,
}  # fmt: skip
_INPUT = {
    "sku": TEXT, "warehouse_id": TEXT, "quantity": WHOLE, "reason": TEXT,
    "customer_account_id": TEXT, "location_id": TEXT,
}  # fmt: skip
_ERROR = {
    "message": TEXT, "operation": TEXT, "field": TEXT, "request_id": TEXT, "code": WHOLE,
    "required_credits": WHOLE, "remaining_credits": WHOLE, "time_remaining": TEXT,
}  # fmt: skip
_REQUEST = "5d0d5e3c"
_SCHEMA = build_schema(
    """
    scalar ISODateTime
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    type Level {
      id: String sku: String warehouse_id: String warehouse_identifier: String on_hand: Int
      allocated: Int available: Int reserve_inventory: Int non_sellable_quantity: Int
      backorder: Int sell_ahead: Int
    }
    type LevelEdge { node: Level }
    type Levels { pageInfo: PageInfo! edges: [LevelEdge]! }
    type LevelsResult {
      request_id: String complexity: Int data(first: Int, after: String): Levels
    }
    type Change {
      id: String warehouse_id: String sku: String previous_on_hand: Int change_in_on_hand: Int
      reason: String cycle_counted: Boolean location_id: String created_at: ISODateTime
    }
    type ChangeEdge { node: Change }
    type Changes { pageInfo: PageInfo! edges: [ChangeEdge]! }
    type ChangesResult {
      request_id: String complexity: Int data(first: Int, after: String): Changes
    }
    type Warehouse { id: String dynamic_slotting: Boolean }
    type Account { warehouses: [Warehouse] }
    type AccountResult { request_id: String complexity: Int data: Account }
    type Snapshot {
      snapshot_id: String job_user_id: String job_account_id: String warehouse_id: String
      customer_account_id: String notification_email: String email_error: String
      post_url: String post_error: String post_url_pre_check: Boolean status: String
      error: String created_at: ISODateTime enqueued_at: ISODateTime updated_at: ISODateTime
      snapshot_url: String snapshot_expiration: ISODateTime new_format: Boolean
    }
    type SnapshotOutput { request_id: String complexity: Int snapshot: Snapshot }
    type SnapshotResult { request_id: String complexity: Int snapshot: Snapshot }
    type Query {
      inventory_snapshot(snapshot_id: String): SnapshotResult
      account: AccountResult
      warehouse_products(
        sku: String, warehouse_id: String, customer_account_id: String
      ): LevelsResult
      inventory_changes(
        sku: String, warehouse_id: String, customer_account_id: String,
        date_from: ISODateTime, date_to: ISODateTime
      ): ChangesResult
    }
    input ReplaceInventoryInput {
      customer_account_id: String sku: String! warehouse_id: String! location_id: String
      quantity: Int! reason: String
    }
    type Replaced { request_id: String complexity: Int warehouse_product: Level }
    input InventoryGenerateSnapshotInput {
      customer_account_id: String warehouse_id: String notification_email: String
      post_url: String post_url_pre_check: Boolean new_format: Boolean
      updated_from: ISODateTime has_inventory: Boolean
    }
    input InventoryAbortSnapshotInput { snapshot_id: String! reason: String! }
    type Mutation {
      inventory_replace(data: ReplaceInventoryInput!): Replaced
      inventory_generate_snapshot(data: InventoryGenerateSnapshotInput!): SnapshotOutput
      inventory_abort_snapshot(data: InventoryAbortSnapshotInput!): SnapshotOutput
    }
    """
)


def build_change(
    number: int, previous: Any, change: Any, *, at: str = "2026-04-06T10:00:00", **more: Any
) -> dict[str, Any]:
    """Return one inventory change."""
    return {
        "id": f"C{number}", "warehouse_id": "L1", "sku": "A", "previous_on_hand": previous,
        "change_in_on_hand": change, "reason": "", "cycle_counted": False, "location_id": "B1",
        "created_at": at,
    } | more  # fmt: skip


def build_errors(name: str, code: int, message: str, **more: Any) -> Reply:
    """Return what an operation is answered that fails: status 200, its field null."""
    error = {
        "message": message, "operation": name, "field": "root", "request_id": _REQUEST,
        "code": code,
    } | more  # fmt: skip
    check_shape(error, _ERROR)
    return answer_json({"errors": [error], "data": {name: None}})


@dataclass
class ShipheroVendor:
    """One account.

    Attributes:
        changes: the history.
        numbers: on hand by SKU and warehouse; what writing changes.
        slotted: warehouses that assign bins by themselves.
        error: what the next mutation is answered instead, once.
        snapshots: what a test may say of them.
    """

    changes: list[dict[str, Any]] = field(default_factory=list)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    slotted: tuple[str, ...] = ()
    error: Reply | None = None
    snapshots: Snapshots = field(default_factory=Snapshots)
    name: str = "shiphero"
    quantity: str = "on_hand"
    fact: str = "on_hand"
    has_time: bool = False
    page: int = 3

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        """Answer one request: tokens, files, documents."""
        if asked.path == REFRESH_PATH:
            return _exchange(asked)
        if asked.path.startswith(FILES):
            assert "authorization" not in asked.headers
            return self.snapshots.serve(levels)
        return self._answer_document(levels, asked)

    def _answer_document(self, levels: Sequence[Level], asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {ACCESS}":
            return answer_json({"message": "Unauthorized"}, status=401)
        text, told = asked.json["query"], asked.json.get("variables") or {}
        assert validate(_SCHEMA, parse(text)) == []
        root = _find_root(text)
        if "snapshot" in root:
            return self.snapshots.answer(root, told, here=f"http://{asked.headers['host']}")
        match root:
            case "warehouse_products":
                return _page("warehouse_products", self._find_levels(levels, told), told, text)
            case "inventory_changes":
                return _page("inventory_changes", self._find_changes(told), told, text)
            case "inventory_replace":
                return self._replace(told["data"])
            case "account":
                return self._show_warehouses()
        return answer_json({"errors": [{"message": "Cannot query field"}]}, status=400)

    def is_page(self, asked: Asked) -> bool:
        """Return whether a request asks for a page of levels (not for a token, say)."""
        return asked.path == GRAPHQL and "warehouse_products" in asked.json["query"]

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> ShipheroConnector:
        """Return the connector on this stand-in; secrets come from files in ``folder``."""
        (folder / "token").write_text(REFRESH)
        usual = {
            "base_url": f"{url}{GRAPHQL}", "token_url": f"{url}{REFRESH_PATH}",
            "refresh_token": {"file": "token"}, "facts": {self.fact: self.quantity},
            "page_size": self.page,
        }  # fmt: skip
        checked = ShipheroOptions.model_validate({**usual, **options})
        world = clock.build_world()
        return ShipheroConnector(system=self.name, options=checked, root=str(folder), world=world)

    def _find_levels(self, levels: Sequence[Level], told: dict[str, Any]) -> list[dict[str, Any]]:
        written = [
            Level(sku, warehouse, {"on_hand": number})
            for (sku, warehouse), number in self.numbers.items()
        ]
        return [
            _write_level(level)
            for level in [*levels, *written]
            if told["warehouse"] in (None, level.location_id)
            and told.get("sku") in (None, level.item_id)
        ]

    def _find_changes(self, told: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            change
            for change in self.changes
            if told["warehouse"] in (None, change["warehouse_id"])
            and told["from"] <= change["created_at"] < told["to"]
        ]

    def _replace(self, told: dict[str, Any]) -> Reply:
        check_shape(told, _INPUT)
        if self.error is not None:
            error, self.error = self.error, None
            return error
        spot = told["sku"], told["warehouse_id"]
        if spot not in self.numbers:
            return build_errors("inventory_replace", 5, f"Not found: {told['sku']}")
        self.numbers[spot] = told["quantity"]
        shown = {"sku": spot[0], "warehouse_id": spot[1], "on_hand": self.numbers[spot]}
        done = {"request_id": _REQUEST, "warehouse_product": shown}
        return answer_json({"data": {"inventory_replace": done}})

    def _show_warehouses(self) -> Reply:
        places = dict.fromkeys([place for _, place in self.numbers] + list(self.slotted))
        shown = [{"id": place, "dynamic_slotting": place in self.slotted} for place in places]
        return answer_json({"data": {"account": {"data": {"warehouses": shown}}}})


def _exchange(asked: Asked) -> Reply:
    if asked.json != {"refresh_token": REFRESH}:
        return answer_json({"message": "Unauthorized"}, status=401)
    return answer_json(
        {"access_token": ACCESS, "expires_in": 2419200, "scope": "", "token_type": "Bearer"}
    )


def _find_root(text: str) -> str:
    match = re.match(r"(?:query|mutation)\s*(?:\([^)]*\))?\s*\{\s*(\w+)", text)
    return match[1] if match else ""


def _write_level(level: Level) -> dict[str, Any]:
    return {
        "id": f"{level.item_id}@{level.location_id}", "sku": level.item_id,
        "warehouse_id": level.location_id, "warehouse_identifier": "Primary",
        **{name: level.quantities.get(name, 0) for name in QUANTITIES},
    }  # fmt: skip


def _page(name: str, nodes: list[dict[str, Any]], told: dict[str, Any], text: str) -> Reply:
    start = int(told.get("after") or 0)
    end = start + told.get("first", 100)
    shape = _LEVEL if name == "warehouse_products" else _CHANGE
    wanted = _find_fields(text, shape)
    check_shape(nodes, [shape])
    shown = [{key: node[key] for key in wanted} for node in nodes[start:end]]
    found = {
        "pageInfo": {"hasNextPage": end < len(nodes), "endCursor": str(end) if shown else None},
        "edges": [{"node": node} for node in shown],
    }
    return answer_json({"data": {name: {"request_id": _REQUEST, "complexity": 3, "data": found}}})


def _find_fields(text: str, known: dict[str, Any]) -> list[str]:
    """Return the fields of a node that a document asks for."""
    match = re.search(r"node \{([^}]*)\}", text)
    assert match
    return [name for name in match[1].split() if name in known]
