"""Mutations of the stand-in: keys, compare-and-set, one request whole or not at all."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode

from inventory_pipeline_tests.support.shopify.state import REASONS

LIFE_SECONDS = 24 * 3600
MOST_ROWS = 250


@dataclass
class Keys:
    """What is remembered of every key: when it came first, its parameters, how it ended."""

    clock: Callable[[], float] = time.monotonic
    seen: dict[str, tuple[float, str, bool]] = field(default_factory=dict)

    def find(self, key: str) -> tuple[str, bool] | None:
        first_at, parameters, is_done = self.seen.get(key, (-LIFE_SECONDS, "", False))
        is_alive = key in self.seen and self.clock() - first_at < LIFE_SECONDS
        return (parameters, is_done) if is_alive else None


def change(shop: Any, document: DocumentNode, variables: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one mutation, whose effect is there when it returns."""
    selected = document.definitions[0].selection_set.selections[0]
    name = selected.name.value
    key = variables["key"] if any(d.name.value == "idempotent" for d in selected.directives) else ""
    if not key.strip():
        said = "The @idempotent directive is required for this mutation but was not provided."
        return _fail(name, "BAD_REQUEST", said)
    given = variables["input"]
    kind = "quantities" if "quantities" in given else "changes"
    if any("changeFromQuantity" not in row for row in given[kind]):
        said = "must include the following argument: changeFromQuantity."
        return _fail(name, "INVALID_FIELD_ARGUMENTS", said)
    if len(given[kind]) > MOST_ROWS:
        return _fail(name, "MAX_INPUT_SIZE_EXCEEDED", f"at most {MOST_ROWS}")
    return {"data": {name: _change_once(shop, key, given, kind)}}


def _change_once(shop: Any, key: str, given: dict[str, Any], kind: str) -> dict[str, Any]:
    parameters, known = json.dumps(given), shop.keys.find(key)
    if known is not None:
        if known[0] != parameters:
            return _complain("IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
        if not known[1]:
            return _complain("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")
        return _describe(given)
    complaints = _find_complaints(shop, given, kind)
    shop.keys.seen[key] = (shop.keys.clock(), parameters, not complaints)
    if complaints:
        return {"inventoryAdjustmentGroup": None, "userErrors": complaints}
    changed = shop.shelf.apply(given[kind], given["name"])
    shop.changes += changed
    return _describe(given) if changed else {"inventoryAdjustmentGroup": None, "userErrors": []}


def _find_complaints(shop: Any, given: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    names = ("available", "on_hand") if kind == "quantities" else ("available",)
    if given["name"] not in names:
        return _complain("INVALID_NAME", "name")["userErrors"]
    if given["reason"] not in REASONS:
        return _complain("INVALID_REASON", "reason")["userErrors"]
    scheme, _, rest = given["referenceDocumentUri"].partition("://")
    if not rest or (scheme == "gid" and len(list(filter(None, rest.split("/")))) != 3):
        return _complain("INVALID_REFERENCE_DOCUMENT", "referenceDocumentUri")["userErrors"]
    return shop.shelf.find_complaints(given[kind], given["name"], kind)


def _describe(given: dict[str, Any]) -> dict[str, Any]:
    group = {"id": "gid://shopify/InventoryAdjustmentGroup/7", "createdAt": "2026-04-06T10:00:00Z"}
    return {"inventoryAdjustmentGroup": group | {"reason": given["reason"]}, "userErrors": []}


def _complain(code: str, *column: str) -> dict[str, Any]:
    path = ["input", *column] if column else None
    error = {"code": code, "field": path, "message": f"{code.lower()}."}
    return {"inventoryAdjustmentGroup": None, "userErrors": [error]}


def _fail(name: str, code: str, said: str) -> dict[str, Any]:
    return {"data": {name: None}, "errors": [{"message": said, "extensions": {"code": code}}]}
