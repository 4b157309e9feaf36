"""HTTP sources: rows served by a real server, and a connector that reads them.

``rows`` are dicts in the contract's columns (item_id, location_id, fact, quantity, as_of,
and what else a feed has); the server speaks a shape of its own that the options map back.
``fault`` is a name of FAULTS.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inventory_pipeline.connectors.graphql import GraphqlConnector, GraphqlOptions
from inventory_pipeline.connectors.http import Surroundings
from inventory_pipeline.connectors.rest import RestConnector, RestOptions
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.ports import Connector
from inventory_pipeline_tests.support.stand_in import (
    Asked,
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


@dataclass
class Served:
    """A connector, the server it reads, and the clock it waits by."""

    connector: Connector
    server: StandIn
    clock: Clockwork


Spoil = Callable[[Asked, Reply], Reply]


@contextmanager
def serving(
    kind: str, rows: Rows, *, spoil: Spoil | None = None, feed: str = "counts", **options: Any
) -> Iterator[Served]:
    """Serve rows as ``rest`` or ``graphql``; ``spoil`` may change or replace every answer."""
    answer, build, feed_options = {
        "rest": (answer_rest, build_rest, REST),
        "graphql": (answer_graphql, build_graphql, GRAPHQL),
    }[kind]

    def plan(asked: Asked) -> Reply:
        reply = answer(rows, asked)
        return spoil(asked, reply) if spoil else reply

    clock = Clockwork()
    with StandIn(plan) as server:
        feeds = {feed: {**feed_options, "columns": find_columns(rows, feed)}}
        options = {"timeouts": SHORT, "world": clock.build_world(), **options}
        yield Served(build(server.url, feeds=feeds, **options), server, clock)


@contextmanager
def serve_rest(rows: Rows, fault: str | None = None, feed: str = "counts") -> Iterator[Connector]:
    """Serve rows by offset pages of ``entries``; every answer has the fault."""
    spoil = (lambda _, reply: FAULTS[fault](reply)) if fault else None
    with serving("rest", rows, spoil=spoil, feed=feed) as served:
        yield served.connector


@contextmanager
def serve_graphql(
    rows: Rows, fault: str | None = None, feed: str = "counts"
) -> Iterator[Connector]:
    """Serve rows by cursor pages of ``data.levels.edges[].node``; every answer has the fault."""
    spoil = (lambda _, reply: FAULTS[fault](reply)) if fault else None
    with serving("graphql", rows, spoil=spoil, feed=feed) as served:
        yield served.connector


SHORT = {"connect": "1s", "read": "1s", "answer": "1s", "feed": "5s"}
REST = {
    "path": "levels",
    "query": {"skip": "{offset}", "take": "{limit}"},
    "paging": {"kind": "offset", "size": PAGE},
    "total": "count",
    "rows": "entries[]",
}
GRAPHQL = {
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
}


def answer_rest(rows: Rows, asked: Asked) -> Reply:
    """Return the page of rows that was asked for by offset."""
    start, limit = int(asked.first("skip", "0")), int(asked.first("take", "1"))
    page = [_rename(row) for row in rows[start : start + limit]]
    return answer_json({"entries": page, "count": len(rows)})


def answer_graphql(rows: Rows, asked: Asked) -> Reply:
    """Return the page of rows that was asked for by cursor."""
    variables = asked.json["variables"]
    start = int(variables["after"] or 0)
    page = rows[start : start + variables["first"]]
    end = start + len(page)
    info = {"hasNextPage": end < len(rows), "endCursor": str(end)}
    edges = [{"node": _rename(row)} for row in page]
    return answer_json({"data": {"levels": {"edges": edges, "pageInfo": info}}})


def find_columns(rows: Rows, feed: str = "counts") -> dict[str, Any]:
    """Return the ``columns`` that map the server's names back."""
    given = {name for row in rows for name in row}
    required, optional = RAW_FEEDS[feed]
    wanted = [*required, *(name for name in optional if name in given)]
    return {name: {"path": f"x_{name}", "optional": name in optional} for name in wanted}


def build_counts(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Return rows of ``counts``, one item each."""
    return [
        {
            "item_id": f"S{number:04d}",
            "location_id": "L1",
            "fact": "on_hand",
            "quantity": number,
            "as_of": "2026-04-06T10:00:00Z",
        }
        for number in range(start, start + count)
    ]


def _rename(row: dict[str, Any]) -> dict[str, Any]:
    return {f"x_{name}": value for name, value in row.items()}
