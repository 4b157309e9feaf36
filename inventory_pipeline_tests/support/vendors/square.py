"""A stand-in for Square: counts, changes, and a batch of changes that is taken whole or not.

Shapes: the vendor's own client, squareup 46.0.0.20260916 (BatchGetInventoryCountsResponse,
BatchGetInventoryChangesResponse, BatchChangeInventoryResponse, RetrieveTokenStatusResponse,
Error); an empty list is left out, as optional fields are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory_pipeline.connectors.square.connector import SquareConnector
from inventory_pipeline.connectors.square.options import SquareOptions
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Asked, Reply, answer_json
from inventory_pipeline_tests.support.vendors.shape import ANY, TEXT, check_shape
from inventory_pipeline_tests.support.vendors.vendor import Level

TOKEN = "EAAA-reader"
_COUNT = {
    "catalog_object_id": TEXT, "catalog_object_type": TEXT, "state": TEXT, "location_id": TEXT,
    "quantity": ANY, "calculated_at": TEXT,
}  # fmt: skip
_SOURCE = {"product": TEXT, "application_id": TEXT, "name": TEXT}
_COMMON = {
    **_COUNT, "id": TEXT, "reference_id": TEXT, "occurred_at": TEXT, "created_at": TEXT,
    "source": _SOURCE, "team_member_id": TEXT,
}  # fmt: skip
_ADJUSTMENT = {
    **_COMMON,
    **dict.fromkeys(
        (
            "from_state", "to_state", "from_location_id", "to_location_id", "location_id",
            "transaction_id", "refund_id", "purchase_order_id", "goods_receipt_id",
            "physical_count_id",
        ),
        TEXT,
    ),
    "reason_id": {"type": TEXT, "custom_reason_id": TEXT},
}  # fmt: skip
_CHANGE = {
    "type": TEXT, "physical_count": {**_COMMON, "adjustment_id": TEXT}, "adjustment": _ADJUSTMENT,
}  # fmt: skip
_ERROR = {"category": TEXT, "code": TEXT, "detail": TEXT, "field": TEXT}
_COUNTS = {"counts": [_COUNT], "cursor": TEXT}
_CHANGES = {"changes": [_CHANGE], "cursor": TEXT}
AT = "2026-04-06T10:01:00Z"


def build_count(name: str, quantity: Any, **changes: Any) -> dict[str, Any]:
    """Return a physical count as the history shows one."""
    told = {
        "id": name, "catalog_object_id": "A", "catalog_object_type": "ITEM_VARIATION",
        "state": "IN_STOCK", "location_id": "L1", "quantity": quantity,
        "source": {"product": "SQUARE_POS", "application_id": "sq0idp", "name": "Point of Sale"},
        "occurred_at": "2026-04-06T10:00:30Z", "created_at": AT,
    } | changes  # fmt: skip
    return {"type": "PHYSICAL_COUNT", "physical_count": told}


def build_adjustment(
    name: str, before: str, after: str, quantity: Any = "3", **changes: Any
) -> dict[str, Any]:
    """Return an adjustment as the history shows one."""
    told = {
        "id": name, "from_state": before, "to_state": after, "from_location_id": "L1",
        "to_location_id": "L1", "catalog_object_id": "A", "catalog_object_type": "ITEM_VARIATION",
        "quantity": quantity, "occurred_at": "2026-04-06T10:00:30Z", "created_at": AT,
    } | changes  # fmt: skip
    return {"type": "ADJUSTMENT", "adjustment": told}


@dataclass
class SquareVendor:
    """One seller.

    Attributes:
        changes: the history.
        numbers: what is in stock, by item and location; what writing changes.
        error: what the next write is answered instead, once.
        scopes: of the token; None: it is a personal one.
    """

    changes: list[dict[str, Any]] = field(default_factory=list)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    error: Reply | None = None
    scopes: list[str] | None = field(default_factory=lambda: ["INVENTORY_READ"])
    keys: dict[str, Any] = field(default_factory=dict)
    name: str = "square"
    quantity: str = "IN_STOCK"
    fact: str = "on_hand"
    has_time: bool = False
    page: int = 3

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        """Answer one request, tokens and pages alike."""
        shown = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if shown != TOKEN:
            return _refuse("AUTHENTICATION_ERROR", "UNAUTHORIZED", status=401)
        assert asked.headers["square-version"]
        match asked.path:
            case "/oauth2/token-status":
                status = {"client_id": "sq0idp", "merchant_id": "M1"}
                return answer_json(status | ({"scopes": self.scopes} if self.scopes else {}))
            case "/v2/inventory/counts/batch-retrieve":
                return self._show_counts(levels, asked)
            case "/v2/inventory/changes/batch-retrieve":
                return self._show_changes(asked)
            case "/v2/inventory/changes/batch-create":
                return self._take(asked.json)
        return _refuse("INVALID_REQUEST_ERROR", "NOT_FOUND", status=404)

    def is_page(self, asked: Asked) -> bool:
        """Return whether a request asks for a page of levels (not for a token, say)."""
        return asked.path.endswith("/counts/batch-retrieve")

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> SquareConnector:
        """Return the connector on this stand-in; secrets come from files in ``folder``."""
        (folder / "token").write_text(TOKEN)
        usual = {
            "base_url": url, "token": {"file": "token"}, "facts": {self.fact: self.quantity},
            "page_size": self.page,
        }  # fmt: skip
        checked = SquareOptions.model_validate({**usual, **options})
        world = clock.build_world()
        return SquareConnector(system=self.name, options=checked, root=str(folder), world=world)

    def _show_counts(self, levels: Sequence[Level], asked: Asked) -> Reply:
        told = asked.json
        mine = [
            _write_count(level.item_id, level.location_id, state, quantity)
            for level in levels
            for state, quantity in level.quantities.items()
        ] + [
            _write_count(item, place, "IN_STOCK", str(number))
            for (item, place), number in self.numbers.items()
        ]
        found = [
            count
            for count in mine
            if count["state"] in told["states"]
            and _is_wanted(count["location_id"], told.get("location_ids"))
            and _is_wanted(count["catalog_object_id"], told.get("catalog_object_ids"))
        ]
        return _page(found, told, "counts", _COUNTS)

    def _show_changes(self, asked: Asked) -> Reply:
        told = asked.json
        found = [
            change
            for change in self.changes
            for inner in (change.get("physical_count") or change.get("adjustment") or {},)
            if told["updated_after"] < inner.get("created_at", AT) < told["updated_before"]
        ]
        return _page(found, told, "changes", _CHANGES)

    def _take(self, told: dict[str, Any]) -> Reply:
        if self.error is not None:
            error, self.error = self.error, None
            return error
        key, changes = told["idempotency_key"], told["changes"]
        assert 0 < len(key) <= 128
        assert told["ignore_unchanged_counts"] is False
        if len(changes) > 100:
            return _refuse("INVALID_REQUEST_ERROR", "ARRAY_LENGTH_TOO_LONG", field="changes")
        if key in self.keys and self.keys[key] != changes:
            return _refuse("INVALID_REQUEST_ERROR", "IDEMPOTENCY_KEY_REUSED")
        if key not in self.keys:
            for number, change in enumerate(changes):
                check_shape(change, _CHANGE)
                if _find_spot(change) not in self.numbers:
                    where = f"changes[{number}].{change['type'].lower()}.catalog_object_id"
                    return _refuse("INVALID_REQUEST_ERROR", "NOT_FOUND", field=where)
            self.keys[key] = changes
            for change in changes:
                self._apply(change)
        spots = dict.fromkeys(map(_find_spot, changes))
        counts = [_write_count(*spot, "IN_STOCK", str(self.numbers[spot])) for spot in spots]
        return answer_json({"counts": counts, "changes": changes})

    def _apply(self, change: dict[str, Any]) -> None:
        spot = _find_spot(change)
        if change["type"] == "PHYSICAL_COUNT":
            self.numbers[spot] = int(change["physical_count"]["quantity"])
            return
        told = change["adjustment"]
        assert told["from_state"] != told["to_state"]
        way = 1 if told["to_state"] == "IN_STOCK" else -1
        self.numbers[spot] += way * int(told["quantity"])


def _find_spot(change: dict[str, Any]) -> tuple[str, str]:
    told = change.get("physical_count") or change["adjustment"]
    place = told.get("location_id") or told["to_location_id"]
    return told["catalog_object_id"], place


def _write_count(item: str, place: str, state: str, quantity: Any) -> dict[str, Any]:
    return {
        "catalog_object_id": item, "catalog_object_type": "ITEM_VARIATION", "state": state,
        "location_id": place, "quantity": quantity, "calculated_at": "2026-01-16T22:28:01Z",
    }  # fmt: skip


def _is_wanted(value: str, wanted: list[str] | None) -> bool:
    return wanted is None or value in wanted


def _page(found: list[Any], told: dict[str, Any], name: str, shape: Any) -> Reply:
    start = int(told.get("cursor") or 0)
    end = start + told["limit"]
    page: dict[str, Any] = {name: found[start:end]} if found[start:end] else {}
    if end < len(found):
        page["cursor"] = str(end)
    check_shape(page, shape)
    return answer_json(page)


def _refuse(category: str, code: str, *, status: int = 400, field: str = "") -> Reply:
    error = {"category": category, "code": code, "detail": f"it is {code}", "field": field}
    check_shape(error, _ERROR)
    return answer_json({"errors": [error]}, status=status)
