"""A stand-in for a shop: a real server that executes our documents and keeps the vendor's rules.

Every document is parsed and validated by graphql-core over a small schema of our own, and
queries are executed over it; with ``schemas`` a document is also held against the published
schema of the version that the address names. Rules kept since 2026-04: the directive and
changeFromQuantity are mandatory, keys are remembered 24 hours, at most 250 rows, a leaking
bucket of points.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    execute,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from inventory_pipeline_tests.support.shopify.bulks import FILES, Bulks
from inventory_pipeline_tests.support.shopify.mutations import Keys, change
from inventory_pipeline_tests.support.shopify.orders import Book
from inventory_pipeline_tests.support.shopify.queries import build_root, resolve_kind
from inventory_pipeline_tests.support.shopify.small_schema import SDL
from inventory_pipeline_tests.support.shopify.state import Shelf
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, Toxic, answer_json

TOKEN = "shpat_static"
SMALL = build_schema(SDL)
COST = {"query": 10, "mutation": 13}


@dataclass
class Bucket:
    """Points to spend; they come back with time, or at once where nobody counts them."""

    size: float = 2000
    rate: float = 100
    left: float = 2000
    clock: Callable[[], float] | None = None
    is_counted: bool = True
    _seen: float = 0

    def spend(self, points: float) -> bool:
        if self.clock is not None:
            now = self.clock()
            self.left = min(self.size, self.left + (now - (self._seen or now)) * self.rate)
            self._seen = now
        can = self.left >= points
        self.left -= points if can and self.is_counted else 0
        return can

    def describe(self, points: float) -> dict[str, Any]:
        status = {"maximumAvailable": self.size, "currentlyAvailable": self.left}
        status["restoreRate"] = self.rate
        return {"requestedQueryCost": points, "throttleStatus": status}


@dataclass
class Shop:
    """What the stand-in knows and does; ``faults`` happen to the next mutations, one each."""

    shelf: Shelf = field(default_factory=Shelf)
    keys: Keys = field(default_factory=Keys)
    bucket: Bucket = field(default_factory=Bucket)
    scopes: list[str] = field(
        default_factory=lambda: ["read_inventory", "read_locations", "read_products"]
    )
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    faults: list[str] = field(default_factory=list)
    schemas: Callable[[str], GraphQLSchema] | None = None
    spoil: Callable[[Any], Any] = lambda answer: answer
    tokens_given: int = 0
    changes: int = 0
    bulks: Bulks = field(default_factory=Bulks)
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        self.book = Book(self.shelf.places)

    def serve(self) -> StandIn:
        return StandIn(self.answer)

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/admin/oauth/access_token":
            return self._give_token(asked)
        if asked.path.startswith(FILES):
            return self.serve_file(asked)
        if asked.headers.get("x-shopify-access-token") not in self.tokens:
            said = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return answer_json({"errors": said}, status=401)
        _, _, _, version, _ = asked.path.split("/")
        asked_for = asked.json
        is_change = "@idempotent" in asked_for["query"]
        self.bulks.here = f"http://{asked.headers['host']}"
        fault = self.faults.pop(0) if is_change and self.faults else ""
        return FAULTS[fault](lambda: self._run(version, asked_for))

    def serve_file(self, asked: Asked) -> Reply:
        """Answer as the storage does, which knows of no token."""
        assert "x-shopify-access-token" not in asked.headers
        return Reply(self.bulks.render_file(), headers={"Content-Type": "application/jsonl"})

    def _give_token(self, asked: Asked) -> Reply:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if form != {
            "grant_type": "client_credentials",
            "client_id": "app",
            "client_secret": "s3cr3t",
        }:
            return answer_json({"error": "invalid_client"}, status=400)
        self.tokens_given += 1
        token = f"shpat_{self.tokens_given}"
        self.tokens.add(token)
        return answer_json({"access_token": token, "scope": "", "expires_in": 86399})

    def _run(self, version: str, asked_for: dict[str, Any]) -> Reply:
        document = parse(asked_for["query"])
        variables = asked_for["variables"]
        kind = document.definitions[0].operation.value
        points = COST[kind]
        cost = {"extensions": {"cost": self.bucket.describe(points)}}
        if not self.bucket.spend(points):
            error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return answer_json({"errors": [error]} | cost)
        if errors := self._find_faulty(version, document, variables):
            return answer_json({"errors": [_render_error(one) for one in errors]})
        if kind == "mutation":
            done = self._run_bulk(version, document, variables) or change(self, document, variables)
            return answer_json(done | cost)
        root = build_root(self.shelf, self.scopes, self.book, self.bulks)
        result = execute(
            SMALL, document, root, variable_values=variables, type_resolver=resolve_kind
        )
        assert not result.errors, result.errors
        return answer_json(self.spoil({"data": result.data} | cost))

    def _run_bulk(self, version: str, document: DocumentNode, variables: Any) -> Any:
        name = document.definitions[0].selection_set.selections[0].name.value
        if name == "bulkOperationCancel":
            return {"data": {name: self.bulks.cancel(variables["id"])}}
        if name != "bulkOperationRunQuery":
            return None
        inner = parse(variables["query"])
        assert not inner.definitions[0].variable_definitions
        assert self._find_faulty(version, inner, {}) == []
        return {"data": {name: self.bulks.begin(self.shelf)}}

    def _find_faulty(
        self, version: str, document: DocumentNode, variables: Any
    ) -> list[GraphQLError]:
        schemas = [SMALL, *([self.schemas(version)] if self.schemas else [])]
        for schema in schemas:
            if errors := find_errors(schema, document, variables):
                return errors
        return []


def find_errors(
    schema: GraphQLSchema, document: DocumentNode, variables: Any
) -> list[GraphQLError]:
    """Return what a schema has against a document and its variables."""
    if errors := validate(schema, document):
        return errors
    found = get_variable_values(schema, document.definitions[0].variable_definitions, variables)
    return found if isinstance(found, list) else []


def _render_error(error: GraphQLError) -> dict[str, Any]:
    code = "INVALID_VARIABLE" if "Variable '$" in error.message else "undefinedField"
    return {"message": error.message, "extensions": {"code": code}}


def _apply_then(**changes: Any) -> Callable[[Callable[[], Reply]], Reply]:
    def happen(run: Callable[[], Reply]) -> Reply:
        body = run().body
        return Reply(body, **{"headers": {"Content-Type": "application/json"}, **changes})

    return happen


def _never_run(**changes: Any) -> Callable[[Callable[[], Reply]], Reply]:
    return lambda _run: Reply(b"{}", **changes)


def _fail(code: str, **more: Any) -> Callable[[Callable[[], Reply]], Reply]:
    error = {"message": code.lower(), "extensions": {"code": code}}
    return lambda _run: answer_json({"errors": [error], "data": {"x": None}} | more)


FAULTS: dict[str, Callable[[Callable[[], Reply]], Reply]] = {
    "": lambda run: run(),
    "apply_then_hang": _apply_then(toxic=Toxic(hang=True)),
    "hang_then_drop": _never_run(toxic=Toxic(hang=True)),
    "500_but_applied": _apply_then(status=500),
    "500": _never_run(status=500),
    "503": _never_run(status=503),
    "429": _never_run(status=429, headers={"Retry-After": "7"}),
    "403": _never_run(status=403),
    "apply_then_reset": _apply_then(toxic=Toxic(reset_after=10)),
    "apply_then_cut": _apply_then(toxic=Toxic(limit_bytes=30)),
    "apply_then_half_json": lambda run: Reply(
        run().body[:40], headers={"Content-Type": "application/json"}
    ),
    "no_directive": _fail("BAD_REQUEST"),
    "no_before": _fail("INVALID_FIELD_ARGUMENTS"),
    "inner_error": _fail("INTERNAL_SERVER_ERROR"),
    "empty": lambda _run: answer_json({"data": {}}),
    "null": lambda _run: answer_json({"data": {"inventorySetQuantities": None}}),
    "echo": _fail(f"BAD_{TOKEN}"),
    "concurrent": lambda _run: _complain("IDEMPOTENCY_CONCURRENT_REQUEST"),
    "strange": lambda _run: _complain("SOMETHING_NEW"),
}


def _complain(code: str) -> Reply:
    errors = [{"code": code, "field": None, "message": code.lower()}]
    payload = {"inventoryAdjustmentGroup": None, "userErrors": errors}
    return answer_json({"data": {"inventorySetQuantities": payload}})
