"""Receivers to write to: the same small shop behind HTTP, behind SQL, behind a folder.

Each remembers keys and compares before it sets. ``fault`` is done to the next write:

- ``after``: applied, then no answer. ``before``: no answer, not applied.
- ``error``: applied, then an error. ``reset``: applied, and the answer breaks off.
- ``ignored``: confirmed and not done. ``capped``: confirmed, and no more than eleven are kept.
"""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from inventory_pipeline.connectors.file_options import FilesOptions
from inventory_pipeline.connectors.files import FilesConnector
from inventory_pipeline.model.delivery import Answer, Line, Writer
from inventory_pipeline_tests.support.http_sources import SHORT, build_graphql, build_rest
from inventory_pipeline_tests.support.stand_in import Asked, Reply, StandIn, Toxic, answer_json

HANG, CUT = Toxic(hang=True), Toxic(reset_after=5)
START = 10
CAP = 11


@dataclass
class Shelf:
    """What an HTTP or file receiver holds: item → number, keys it has seen."""

    numbers: dict[str, int]
    seen: dict[str, Any] = field(default_factory=dict)
    writes: int = 0

    def take(self, item: str, operation: str, quantity: int, before: int | None) -> str:
        """Apply one line; return applied, stale or refused."""
        if item not in self.numbers:
            return "refused"
        if before is not None and self.numbers[item] != before:
            return "stale"
        self.writes += 1
        self.numbers[item] = quantity if operation == "set" else self.numbers[item] + quantity
        return "applied"


@dataclass
class Target:
    """A receiver and the writer that speaks to it."""

    build: Callable[[], Writer]
    show: Callable[[str], int | None]
    put: Callable[[str, int], None]
    break_next: Callable[[str], None] = lambda _: None
    work: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.writer = self.build()

    def send(self, *lines: Line, key: str = "key-1") -> Answer:
        """Encode and send, and let a receiver that works by itself do so; ask it again then."""
        body = self.writer.encode(lines, key)
        answer = self.writer.send(lines, key, body)
        if any(line.outcome == "waiting" for line in answer.lines.values()):
            self.work()
            answer = self.writer.send(lines, key, body)
        return answer


def build_line(item: str = "A1", **changes: Any) -> Line:
    """Return a line that sets ``item`` from 10 to 12."""
    line = Line("r1", item, "L1", "on_hand", "set", 12, START, "urn:receipt:r1", "correction")
    return replace(line, **changes)


REST_WRITE = {
    "class": "A",
    "key_header": "Idempotency-Key",
    "set": {
        "path": "stock/set",
        "method": "PUT",
        "body": {"item": "{item_id}", "to": "{quantity}", "if": "{before}", "ref": "{reference}"},
    },
    "add": {"path": "stock/add", "body": {"item": "{item_id}", "by": "{quantity}"}},
    "stale": {"status": [409]},
    "read": {"path": "stock/{item_id}", "quantity": "pieces", "absent": {"status": [404]}},
}
GRAPHQL_WRITE = {
    "class": "A",
    "set": {
        "document": "mutation($in: In!, $key: String!) { change(in: $in) @idempotent(key: $key) "
        "{ userErrors { code message field } } }",
        "variables": {
            "key": "{key}",
            "in": {
                "op": "set",
                "lines": [{"item": "{item_id}", "n": "{quantity}", "was": "{before}"}],
            },
        },
        "lines": {"path": "in.lines", "max": 250},
        "user_errors": "data.change.userErrors",
    },
    "add": {
        "document": "mutation($in: In!, $key: String!) { change(in: $in) { userErrors { code } } }",
        "variables": {
            "key": "{key}",
            "in": {"op": "add", "lines": [{"item": "{item_id}", "n": "{quantity}"}]},
        },
        "lines": {"path": "in.lines"},
        "user_errors": "data.change.userErrors",
    },
    "stale": ["STALE"],
    "refused": ["GONE"],
    "spent": ["PREVIOUS_ATTEMPT_FAILED"],
    "in_flight": ["CONCURRENT_REQUEST"],
    "read": {
        "document": "query($item: String) { level(item: $item) { pieces } }",
        "variables": {"item": "{item_id}"},
        "quantity": "data.level.pieces",
    },
}
COUNTS = {"rows": "rows[]", "columns": {name: name for name in (
    "item_id", "location_id", "fact", "quantity", "as_of")}}  # fmt: skip


class HttpShop:
    """A shelf behind HTTP, with faults."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.shelf, self.fault = Shelf(numbers), ""

    def answer(self, asked: Asked) -> Reply:
        """Answer one request; a fault is used up by a write."""
        is_graphql = asked.path == "/graphql"
        if asked.method == "GET" or (is_graphql and "mutation" not in asked.json["query"]):
            return self._show(asked, is_graphql=is_graphql)
        fault, self.fault = self.fault, ""
        if fault == "before":
            return Reply(toxic=HANG)
        kept = dict(self.shelf.numbers)
        reply = self._graphql(asked.json) if is_graphql else self._rest(asked)
        if fault == "ignored":
            self.shelf.numbers.update(kept)
        if fault == "capped":
            self.shelf.numbers.update({k: min(n, CAP) for k, n in self.shelf.numbers.items()})
        changes: dict[str, dict[str, Any]] = {
            "after": {"toxic": HANG},
            "error": {"status": 500},
            "reset": {"toxic": CUT},
        }
        return replace(reply, **changes.get(fault, {}))

    def _show(self, asked: Asked, *, is_graphql: bool) -> Reply:
        item = asked.json["variables"]["item"] if is_graphql else unquote(asked.path[7:])
        pieces = self.shelf.numbers.get(item)
        if is_graphql:
            level = None if pieces is None else {"pieces": pieces}
            return answer_json({"data": {"level": level}})
        return answer_json({"pieces": pieces}, status=200 if pieces is not None else 404)

    def _rest(self, asked: Asked) -> Reply:
        # Who sends no key is not known again.
        key = asked.headers.get("idempotency-key", f"request {len(self.shelf.seen)}")
        told = asked.json
        if key not in self.shelf.seen:
            is_set = asked.path == "/stock/set"
            self.shelf.seen[key] = self.shelf.take(
                told["item"], "set" if is_set else "add", told["to" if is_set else "by"],
                told.get("if"),
            )  # fmt: skip
        status = {"applied": 200, "stale": 409, "refused": 404}[self.shelf.seen[key]]
        return answer_json({"said": self.shelf.seen[key]}, status=status)

    def _graphql(self, told: Any) -> Reply:
        key, order = told["variables"]["key"], told["variables"]["in"]
        if key not in self.shelf.seen:
            self.shelf.seen[key] = self._take_all(order)
        errors = self.shelf.seen[key]
        return answer_json({"data": {"change": {"userErrors": errors}}})

    def _take_all(self, order: Any) -> list[dict[str, Any]]:
        kept, errors = dict(self.shelf.numbers), []
        for at, line in enumerate(order["lines"]):
            said = self.shelf.take(line["item"], order["op"], line["n"], line.get("was"))
            code = {"applied": "", "stale": "STALE", "refused": "GONE"}[said]
            if code:
                field = ["in", "lines", str(at), "n"]
                errors.append({"code": code, "message": f"it is {said}", "field": field})
        if errors:
            self.shelf.numbers.clear()
            self.shelf.numbers.update(kept)
        return errors


@contextmanager
def serving_shop(kind: str, numbers: dict[str, int], **write: Any) -> Iterator[Target]:
    """Yield a ``rest`` or ``graphql`` receiver."""
    shop = HttpShop(numbers)
    usual = {"rest": REST_WRITE, "graphql": GRAPHQL_WRITE}[kind]
    with StandIn(shop.answer) as server:

        def build() -> Writer:
            options = {"timeouts": SHORT, "write": {**usual, **write}}
            if kind == "rest":
                feeds = {"counts": {"path": "stock", **COUNTS}}
                made = build_rest(server.url, feeds=feeds, **options).build_writer()
            else:
                feeds = {"counts": {"query": "{ rows { item_id } }", **COUNTS}}
                url = f"{server.url}/graphql"
                made = build_graphql(url, feeds=feeds, **options).build_writer()
            assert made is not None
            return made

        def break_next(fault: str) -> None:
            shop.fault = fault

        numbers = shop.shelf.numbers
        yield Target(build, numbers.get, numbers.__setitem__, break_next)


@contextmanager
def serving_folder(root: Path, numbers: dict[str, int], **write: Any) -> Iterator[Target]:
    """Yield a receiver that takes files away and acknowledges them."""
    shelf = Shelf(numbers)
    folder = root / "outbox" / "shelf"

    def work() -> None:
        for path in sorted(folder.glob("*.csv")):
            with path.open(newline="") as file:
                rows = list(csv.DictReader(file))
            said = [
                (row["receipt_id"], shelf.take(
                    row["item_id"], row["operation"], int(row["quantity"]),
                    int(row["before"]) if row["before"] else None,
                ))
                for row in rows
            ]  # fmt: skip
            with Path(f"{path}.ack").open("w", newline="") as file:
                csv.writer(file).writerows([("receipt_id", "outcome"), *said])
            path.unlink()

    def build() -> Writer:
        options = FilesOptions.model_validate({"counts": "c-{hour}.csv", "write": write})
        return FilesConnector(system="shelf", options=options, root=str(root)).build_writer()

    yield Target(build, shelf.numbers.get, shelf.numbers.__setitem__, work=work)


def write_ack(path: Path, *rows: tuple[str, ...]) -> None:
    """Write an acknowledgement as a receiver would."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("receipt_id", "outcome", "detail"), *rows])


def show_bytes(body: bytes) -> Any:
    """Return the JSON of a request that is stored behind its head."""
    return json.loads(body.partition(b"\n\n")[2])
