"""Connections of the stand-in: their pages, as graphql-core resolves them."""

from typing import Any


def turn_page(nodes: list[Any], first: int, after: str | None) -> dict[str, Any]:
    """Return one page of a connection."""
    assert 1 <= first <= 250
    start = int(after or 0)
    end = min(len(nodes), start + first)
    info = {"hasNextPage": end < len(nodes), "endCursor": str(end) if nodes else None}
    return {"nodes": nodes[start:end], "pageInfo": info}


def connect(nodes: list[Any]) -> Any:
    """Return a connection as a resolver of its field."""
    return lambda _info, first, after=None: turn_page(nodes, first, after)
