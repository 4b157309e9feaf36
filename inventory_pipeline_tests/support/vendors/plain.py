"""The two systems nobody has heard of: what ``rest`` and ``graphql`` read by configuration."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inventory_pipeline.model.ports import Connector
from inventory_pipeline_tests.support.http_sources import (
    GRAPHQL,
    REST,
    Clockwork,
    answer_graphql,
    answer_rest,
    build_graphql,
    build_rest,
)
from inventory_pipeline_tests.support.stand_in import Asked, Reply, answer_json
from inventory_pipeline_tests.support.vendors.vendor import Level

TOKEN = "plain-token-not-for-logs"
PAGE = 2
_COLUMNS = {name: f"x_{name}" for name in ("item_id", "location_id", "fact", "quantity", "as_of")}


def _list(levels: Sequence[Level]) -> list[dict[str, Any]]:
    return [
        {
            "item_id": level.item_id,
            "location_id": level.location_id,
            "fact": "on_hand",
            "quantity": level.quantities["on_hand"],
            "as_of": level.as_of or "2026-04-06T10:00:00Z",
        }
        for level in levels
    ]


class _Plain:
    quantity = fact = "on_hand"
    has_time = True
    page = PAGE

    def is_page(self, _asked: Asked) -> bool:
        return True


def _is_known(asked: Asked) -> bool:
    return asked.headers.get("authorization") == f"Bearer {TOKEN}"


def _write_auth(folder: Path) -> dict[str, Any]:
    path = folder / "token"
    path.write_text(TOKEN)
    return {"kind": "bearer", "token": {"file": str(path)}}


class RestVendor(_Plain):
    name = "rest"

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        return answer_rest(_list(levels), asked) if _is_known(asked) else _refuse()

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> Connector:
        feed = {**REST, "paging": {"kind": "offset", "size": PAGE}, "columns": _COLUMNS}
        given = {"auth": _write_auth(folder), "world": clock.build_world(), **options}
        return build_rest(url, feeds={"counts": feed}, **given)


class GraphqlVendor(_Plain):
    name = "graphql"

    def answer(self, levels: Sequence[Level], asked: Asked) -> Reply:
        return answer_graphql(_list(levels), asked) if _is_known(asked) else _refuse()

    def build(self, url: str, folder: Path, clock: Clockwork, **options: Any) -> Connector:
        paging = {**GRAPHQL["paging"], "size": PAGE}
        feed = {**GRAPHQL, "paging": paging, "columns": _COLUMNS}
        given = {"auth": _write_auth(folder), "world": clock.build_world(), **options}
        return build_graphql(url, feeds={"counts": feed}, **given)


def _refuse() -> Reply:
    return answer_json({"error": "unauthorized"}, status=401)
