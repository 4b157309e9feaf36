"""Connectors and writers on a stand-in shop."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.shopify.connector import ShopifyConnector
from inventory_pipeline.connectors.shopify.options import ShopifyOptions
from inventory_pipeline.model.delivery import Line, Writer
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.shopify.shop import TOKEN, Bucket, Shop
from inventory_pipeline_tests.support.stand_in import StandIn

# Nothing here is slow but a busy machine.
PATIENT = {"connect": "5s", "read": "5s", "answer": "20s", "feed": "60s"}


@dataclass
class Opened:
    """A connector, the shop it speaks to, and the clock it waits by."""

    connector: ShopifyConnector
    shop: Shop
    server: StandIn
    clock: Clockwork

    @property
    def writer(self) -> Writer:
        found = self.connector.build_writer()
        assert found is not None
        return found


def build_shopify(url: str, folder: Any, *, clock: Clockwork, **options: Any) -> ShopifyConnector:
    """Return a connector on ``url``; without other credentials it has the shop's token."""
    path = folder / "token"
    path.write_text(TOKEN)
    given = {
        "shop": "harbor.myshopify.com", "base_url": url, "timeouts": PATIENT,
        "bulk_hosts": ["127.0.0.1"], **options,
    }  # fmt: skip
    if "client_id" not in given:
        given = {"token": {"file": str(path)}, **given}
    checked = ShopifyOptions.model_validate(given)
    return ShopifyConnector(
        system="storefront", options=checked, root=str(folder), world=clock.build_world()
    )


@contextmanager
def open_shop(folder: Any, shop: Shop, **options: Any) -> Iterator[Opened]:
    """Serve a shop and yield a connector on it that never waits for real between tries."""
    clock = Clockwork()
    with shop.serve() as server:
        yield Opened(build_shopify(server.url, folder, clock=clock, **options), shop, server, clock)


def line(receipt_id: str, item: Any, quantity: int, before: int | None, **changes: Any) -> Line:
    """Return a line that sets ``available`` of an item at the first place."""
    return Line(
        **{
            "receipt_id": receipt_id,
            "item_id": item if isinstance(item, str) else item.sku,
            "location_id": "1",
            "fact": "available",
            "operation": "set",
            "quantity": quantity,
            "before": before,
            "reference": f"gid://inventory-pipeline/Receipt/{receipt_id}",
            "reason": "correction",
            **changes,
        }
    )


@contextmanager
def serve_levels(folder: Any, rows: Sequence[dict[str, str]]) -> Iterator[ShopifyConnector]:
    """Serve rows of ``counts``, available and on_hand of each level side by side."""
    shop = Shop(bucket=Bucket(is_counted=False))
    by_level: dict[tuple[str, str], dict[str, int]] = {}
    renamed = next((name for row in rows for name in row if name == "quantty"), "quantity")
    for row in rows:
        level = by_level.setdefault((row["item_id"], row["location_id"]), {})
        level[row["fact"]] = int(row[renamed])
    for (sku, place), numbers in by_level.items():
        _stock(shop, sku, place, numbers)
    shop.spoil = lambda answer: json.loads(
        json.dumps(answer).replace('"quantity":', f'"{renamed}":')
    )
    with open_shop(folder, shop, locate_by="name") as opened:
        yield opened.connector


def _stock(shop: Shop, sku: str, place: str, numbers: dict[str, int]) -> None:
    if place not in shop.shelf.places.values():
        shop.shelf.add_place(place)
    at = list(shop.shelf.places.values()).index(place)
    committed = numbers["on_hand"] - numbers["available"]
    item = shop.shelf.add(sku, *[numbers["available"]] * (at + 1), committed=committed)
    gid = list(shop.shelf.places)[at]
    item.levels = {gid: item.levels[gid]}
