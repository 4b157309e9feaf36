"""HTTP sources: rows served by a real server, and a connector that reads them.

``rows`` are dicts in the contract's columns (item_id, location_id, fact, quantity, as_of,
and what else a feed has); the server speaks a shape of its own that the options map back.
``fault`` is a name of FAULTS.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from inventory_pipeline.connectors.graphql import GraphqlConnector, GraphqlOptions
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.rest import RestConnector, RestOptions
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline_tests.support.stand_in import (
    Asked,
    Plan,
    Reply,
    StandIn,
    Toxic,
    answer_json,
)

PAGE = 100
Rows = Sequence[dict[str, Any]]

FAULTS = {
    "error": lambda reply: replace(reply, status=500),
    "refused": lambda reply: replace(reply, status=401),
    "missing": lambda reply: replace(reply, status=404),
    "redirect": lambda reply: replace(
        reply, status=302, headers={"Location": "https://evil.example/"}
    ),
    "html": lambda reply: Reply(b"<html>log in</html>", headers={"Content-Type": "text/html"}),
    "truncated": lambda reply: replace(reply, toxic=Toxic(limit_bytes=len(reply.body) // 2)),
    "cut_json": lambda reply: replace(reply, body=reply.body[: len(reply.body) // 2]),
    "reset": lambda reply: replace(reply, toxic=Toxic(reset_after=10)),
    "hang": lambda reply: replace(reply, toxic=Toxic(hang=True)),
    "drip": lambda reply: replace(reply, toxic=Toxic(slice_bytes=1, slice_seconds=0.2)),
}


class Clockwork:
    """A clock on which sleeping takes no time; what really takes time, does."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def read(self) -> float:
        return time.monotonic() + sum(self.slept)

    def build_world(self, **changes: Any) -> Surroundings:
        """Return surroundings with this clock and no chance in their jitter."""
        return Surroundings(self.sleep, self.read, lambda: 0.0, **changes)


def build_rest(
    url: str,
    *,
    feeds: dict[str, Any],
    root: Path | str = ".",
    world: Surroundings | None = None,
    **options: Any,
) -> RestConnector:
    """Return a ``rest`` connector on ``url`` that never waits for real between tries."""
    checked = RestOptions.model_validate({"base_url": url, "feeds": feeds, **options})
    return RestConnector(
        system="erp", options=checked, root=str(root), world=world or Clockwork().build_world()
    )


def build_graphql(
    url: str,
    *,
    feeds: dict[str, Any],
    root: Path | str = ".",
    world: Surroundings | None = None,
    **options: Any,
) -> GraphqlConnector:
    """Return a ``graphql`` connector on ``url`` that never waits for real between tries."""
    checked = GraphqlOptions.model_validate({"base_url": url, "feeds": feeds, **options})
    return GraphqlConnector(
        system="storefront",
        options=checked,
        root=str(root),
        world=world or Clockwork().build_world(),
    )


@contextmanager
def serve_rest(
    rows: Rows, fault: str | None = None, feed: str = "counts"
) -> Iterator[RestConnector]:
    """Serve rows by offset pages under ``stock[].levels``-like names of a vendor's own."""

    def plan(asked: Asked) -> Reply:
        start, limit = int(asked.first("skip", "0")), int(asked.first("take", "1"))
        page = [_rename(row) for row in rows[start : start + limit]]
        return answer_json({"entries": page, "count": len(rows)})

    options = {
        "path": "levels",
        "query": {"skip": "{offset}", "take": "{limit}"},
        "paging": {"kind": "offset", "size": PAGE},
        "total": "count",
        "rows": "entries[]",
        "columns": _find_columns(rows, feed),
    }
    with StandIn(_spoil(plan, fault)) as server:
        yield build_rest(server.url, feeds={feed: options}, timeouts=_SHORT)


@contextmanager
def serve_graphql(
    rows: Rows, fault: str | None = None, feed: str = "counts"
) -> Iterator[GraphqlConnector]:
    """Serve rows by cursor pages as ``data.levels.edges[].node``."""

    def plan(asked: Asked) -> Reply:
        variables = asked.json["variables"]
        start = int(variables["after"] or 0)
        page = rows[start : start + variables["first"]]
        end = start + len(page)
        info = {"hasNextPage": end < len(rows), "endCursor": str(end)}
        edges = [{"node": _rename(row)} for row in page]
        return answer_json({"data": {"levels": {"edges": edges, "pageInfo": info}}})

    options = {
        "query": "query($first: Int, $after: String) { levels(first: $first, after: $after) "
        "{ edges { node { x_item_id } } pageInfo { hasNextPage endCursor } } }",
        "variables": {"first": "{limit}", "after": "{cursor}"},
        "paging": {
            "kind": "cursor",
            "size": PAGE,
            "next": "data.levels.pageInfo.endCursor",
            "has_more": "data.levels.pageInfo.hasNextPage",
        },
        "rows": "data.levels.edges[].node",
        "columns": _find_columns(rows, feed),
    }
    with StandIn(_spoil(plan, fault)) as server:
        yield build_graphql(server.url, feeds={feed: options}, timeouts=_SHORT)


_SHORT = {"connect": "1s", "read": "1s", "answer": "1s", "feed": "5s"}


def _spoil(plan: Plan, fault: str | None) -> Plan:
    return (lambda asked: FAULTS[fault](plan(asked))) if fault else plan


def _rename(row: dict[str, Any]) -> dict[str, Any]:
    return {f"x_{name}": value for name, value in row.items()}


def _find_columns(rows: Rows, feed: str) -> dict[str, Any]:
    given = {name for row in rows for name in row}
    required, optional = RAW_FEEDS[feed]
    wanted = [*required, *(name for name in optional if name in given)]
    return {name: {"path": f"x_{name}", "optional": name in optional} for name in wanted}


def render(value: Any) -> bytes:
    """Write JSON as most servers do."""
    return json.dumps(value).encode()
